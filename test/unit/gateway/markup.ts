/** A tag of a page; `attributes` as a browser would read them. */
interface Tag {
  name: string;
  closes: boolean;
  attributes: Record<string, string>;
}

const VOID = new Set(['meta', 'link', 'br']);
const TAG = /^<(\/?)([a-z][a-z0-9-]*)((?: [a-z-]+="[^"<>]*")*)>/;
const ATTRIBUTE = / ([a-z-]+)="([^"<>]*)"/g;

/**
 * Reads a page more strictly than any browser: each `<` begins a tag, each attribute is quoted, each tag is closed in its order.
 *
 * @throws where the page is not so: a text that got in without being escaped cannot but do that, or add a tag
 */
export function tagsOf(page: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  const markup = page.replace(/^<!doctype html>/, '').replace(/(<style>)[^<]*/, '$1');
  for (let at = markup.indexOf('<'); at >= 0; at = markup.indexOf('<', at + 1)) {
    const tag = tagAt(markup, at);
    if (tag.closes && open.pop() !== tag.name) throw new Error(`</${tag.name}> closes what is not open.`);
    if (!tag.closes && !VOID.has(tag.name)) open.push(tag.name);
    tags.push(tag);
  }
  if (open.length > 0) throw new Error(`Never closed: ${open.join()}`);
  return tags;
}

function tagAt(markup: string, at: number): Tag {
  const [, slash, name, attributes = ''] = TAG.exec(markup.slice(at, at + 2000)) ?? [];
  if (name === undefined) throw new Error(`No tag: ${markup.slice(at, at + 80)}`);
  const pairs = [...attributes.matchAll(ATTRIBUTE)].map(([, key, value]) => [key as string, decoded(value as string)]);
  return { name, closes: slash === '/', attributes: Object.fromEntries(pairs) };
}

/** What a reader sees of markup, every run of white space as one space. */
export function textOf(markup: string): string {
  return decoded(markup.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

const CHAR: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

export function decoded(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => CHAR[entity] as string);
}

/** The markup of the one article with an id. */
export function articleOf(page: string, id: string): string {
  const [, after, ...more] = page.split(`<article id="${id}"`);
  if (after === undefined || more.length > 0) throw new Error(`There is not just one article "${id}".`);
  return `<article id="${id}"${after.slice(0, after.indexOf('</article>'))}</article>`;
}
