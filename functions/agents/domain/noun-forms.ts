/** Nouns that the ending rules below would get wrong. */
const IRREGULAR: readonly (readonly [singular: string, plural: string])[] = [
  ['bus', 'buses'],
  ['child', 'children'],
  ['cookie', 'cookies'],
  ['equipment', 'equipment'],
  ['feedback', 'feedback'],
  ['hero', 'heroes'],
  ['movie', 'movies'],
  ['music', 'music'],
  ['news', 'news'],
  ['person', 'people'],
  ['quiz', 'quizzes'],
  ['series', 'series'],
  ['shoe', 'shoes'],
  ['status', 'statuses'],
  ['weather', 'weather'],
];

const PLURAL_OF: ReadonlyMap<string, string> = new Map(IRREGULAR);
const SINGULAR_OF: ReadonlyMap<string, string> = new Map(IRREGULAR.map(([singular, plural]) => [plural, singular]));

const ALREADY_SINGULAR = /(?:ss|us|is|[^s])$/;
const PLURAL_IN_IES = /[a-z]{2,}ies$/;
const PLURAL_IN_ES = /(?:ss|x|ch|sh)es$/;
const TAKES_ES = /(?:s|x|z|ch|sh)$/;
const CONSONANT_Y = /[^aeiou]y$/;

/** Singular of an English noun in lower-case ASCII; a noun that is singular already comes back as it is. */
export function singularOf(noun: string): string {
  const irregular = SINGULAR_OF.get(noun) ?? (PLURAL_OF.has(noun) ? noun : undefined);
  if (irregular !== undefined) return irregular;
  if (ALREADY_SINGULAR.test(noun)) return noun;
  if (PLURAL_IN_IES.test(noun)) return `${noun.slice(0, -3)}y`;
  return PLURAL_IN_ES.test(noun) ? noun.slice(0, -2) : noun.slice(0, -1);
}

/** Plural of an English noun given in its singular. */
export function pluralOf(singular: string): string {
  const irregular = PLURAL_OF.get(singular);
  if (irregular !== undefined) return irregular;
  if (CONSONANT_Y.test(singular)) return `${singular.slice(0, -1)}ies`;
  return TAKES_ES.test(singular) ? `${singular}es` : `${singular}s`;
}
