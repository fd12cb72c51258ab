/** Markup of a page. Only {@link html} makes it, so every text in it that came from data has been escaped. */
export class Html {
  readonly markup: string;

  private constructor(markup: string) {
    this.markup = markup;
  }

  /** The template's own text is markup; what is put into it is text, save other `Html`. */
  static tag(this: void, template: TemplateStringsArray, ...parts: readonly Part[]): Html {
    return new Html(String.raw({ raw: template }, ...parts.map(markupOf)));
  }
}

type Part = string | number | Html | readonly Html[];

/**
 * A template tag: html`<p title="${text}">${text}</p>`. Texts are safe between tags and in double-quoted attributes, and
 * nowhere else: not as a tag's or attribute's name, and not in a style.
 */
export const html = Html.tag;

export const NOTHING = html``;

const ENTITY: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function markupOf(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (Array.isArray(part)) return part.map((one: Html) => one.markup).join('');
  return String(part).replace(/[&<>"']/g, (char) => ENTITY[char] as string);
}

export function joined(parts: readonly Html[], separator: Html | string): Html {
  return html`${parts.map((part, at) => (at === 0 ? part : html`${separator}${part}`))}`;
}

/** A description as OpenAPI has it, of whose CommonMark we write code in backticks and lines. */
export function prose(text: string): Html {
  const lines = text.split('\n').map((line) => html`${line.split(/`([^`]+)`/).map(codeOrText)}`);
  return html`${lines.map((line, at) => (at === 0 ? line : html`<br>${line}`))}`;
}

function codeOrText(piece: string, at: number): Html {
  return at % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`;
}
