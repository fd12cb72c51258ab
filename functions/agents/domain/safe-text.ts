const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/g;
const CONTROL_CHARACTERS = /[^\P{Cc}\n\t]/gu;
/** Marks that make text read in another order than it is stored, so that a reader could be shown something else. */
const BIDI_MARKS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

function cleaned(text: string): string {
  return text.toWellFormed().replace(LINE_ENDS, '\n').replace(CONTROL_CHARACTERS, '').replace(BIDI_MARKS, '');
}

/** The user's text on one line of at most `maxLength` UTF-16 units, ended by an ellipsis where it was cut. */
export function oneLine(text: string, maxLength: number): string {
  const line = cleaned(text).replace(/\s+/g, ' ').trim();
  if (line.length <= maxLength) return line;
  const withoutHalfCharacter = line.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${withoutHalfCharacter}…`;
}

/**
 * The user's text as a Markdown block that shows it letter by letter. It is indented rather than fenced, because no
 * content can end an indented block: neither backticks nor HTML in the text are ever interpreted. A text without
 * anything to show is said to be empty.
 */
export function literalBlock(text: string): string {
  const lines = (cleaned(text).trim() || '(empty)').split('\n');
  return lines.map((line) => (line.trim() === '' ? '' : `    ${line}`)).join('\n');
}

/** Lower-case ASCII letters where the text has a Latin base for them, so that `Café` becomes `cafe`. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
