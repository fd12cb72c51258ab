const TYPES = /‹([^‹›]*)›/g;
const TYPE_IMPORT = /(?:(?<=;\n)\n)?\/\*\* @import (.*) \*\//g;
const CAST = /\/\*\* @type \{(.*?)\} \*\/ \(([\w.]+)\)/g;
const ONLY_TAGS = /\/\*\*[\s*]*@[\s\S]*?\*\/\s*/g;
const TAGS_AFTER_TEXT = /\n\s*\*\n\s*\* @[\s\S]*?(?=\n\s*\*\/)/g;
const ONE_LINE_OF_TEXT = /\/\*\*\n\s*\* (.*)\n\s*\*\//g;
const OWN_FILE = /(?<=from '\.[^']*)\.ts(?=')/g;

/*
 * A bilingual template is a source in TypeScript and JavaScript at once: what only TypeScript has stands between ‹ and ›,
 * and what only JavaScript needs, the types as JSDoc tags, comes last in a doc comment. So the two share every line that
 * runs, and each reads as if it had been written alone. Types of other files are imported by `@import`, files by `.ts`.
 */

/** The TypeScript of a bilingual template: its types are in the code, so its comments keep their text only. */
export function asTypeScript(source: string): string {
  return source
    .replace(TYPE_IMPORT, 'import type $1;')
    .replace(CAST, '$2 as $1')
    .replace(ONLY_TAGS, '')
    .replace(TAGS_AFTER_TEXT, '')
    .replace(ONE_LINE_OF_TEXT, '/** $1 */')
    .replace(TYPES, '$1');
}

/** The JavaScript of a bilingual template: its types are in the comments. */
export function asJavaScript(source: string): string {
  return source.replace(TYPES, '').replace(OWN_FILE, '.js');
}
