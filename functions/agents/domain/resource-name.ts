import { pluralOf, singularOf } from './noun-forms.ts';
import { folded } from './safe-text.ts';

/** What the generated API serves: `plural` names its route and folder, `typeName` its TypeScript type. */
export interface ResourceName {
  singular: string;
  plural: string;
  typeName: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** What is being asked for; the resource stands before one of these ("a todo API") or after it ("an API for todos"). */
const ANCHORS = words('api apis app application backend crud endpoint endpoints microservice server service');
/** Words that a resource follows. */
const MARKERS = words(
  'delete deletes deleting for handle handles handling manage manages managing of storing track tracks tracking',
);
const POSSESSIVES = words('her his my our their your');
/** Words that end a noun phrase, as punctuation does. */
const PHRASE_ENDS = words(
  `about and are as at be but by can delete deletes for from if in including into is like manage manages must of on or
   over should so such that then through to track tracks using via where which who will with without`,
);
/** Words after the noun that say how it is offered, not what it is: "todo list", "user management", "book REST". */
const TAILS = words(
  `api apis app application backend catalog catalogue collection crud data database endpoint endpoints entries entry
   express fastify http javascript js json list lists management manager microservice node nodejs platform program records
   resource resources rest restful server service software system tool tracker tracking ts typescript web`,
);
/** Words that stand where a resource could but name none; the last four are file names that Windows refuses. */
const NOT_A_RESOURCE = words(
  `a all an another any basic beautiful build building clean code complete cool create creating demo design develop
   development every ein eine example fast frontend full fun generate generating generic good great handling
   hello her his implement internal it its learning lightweight little local make making managing me minimal mobile modern my
   new nice our please practice private production project public purpose purposes quick robust sample scalable secure
   simple small some storing test testing that the their them these this those tiny training un una une us use website
   world write writing you your aux con nul prn`,
);
/** Type names that the generated code already uses for something else. */
const TAKEN_TYPE_NAMES = words(
  `Array Boolean Date Error Express Function Map Number Object Page Partial Promise Record Request Response Router Server
   Set String Symbol`,
);

const LONGEST_TEXT_READ = 2_000;
const TOKEN = /[a-z0-9]+(?:['’-][a-z0-9]+)*|[^\sa-z0-9'’-]|\n/g;
const NOUN = /^[a-z]{2,30}$/;
const DEFAULT_NOUN = 'item';

/**
 * Finds the noun that the description asks an API for, by word order and fixed word lists alone, so the same text
 * always gives the same name. The patterns are English; a text that names nothing in them gives `items`.
 */
export function resourceNameFrom(description: string): ResourceName {
  const singular = singularOf(nounIn(tokensOf(description)) ?? DEFAULT_NOUN);
  const capitalised = singular.charAt(0).toUpperCase() + singular.slice(1);
  const typeName = TAKEN_TYPE_NAMES.has(capitalised) ? `${capitalised}Entry` : capitalised;
  return { singular, plural: pluralOf(singular), typeName };
}

function tokensOf(description: string): string[] {
  const text = folded(description.slice(0, LONGEST_TEXT_READ)).replaceAll('to-do', 'todo');
  return text.match(TOKEN) ?? [];
}

/** "For my team" says who it is for more often than what it holds, so a possessive phrase is asked last. */
function nounIn(tokens: readonly string[]): string | undefined {
  const anchor = tokens.findIndex((token) => ANCHORS.has(token));
  const phrases = [
    ...phrasesAfterMarkers(tokens.slice(anchor + 1)).filter(([first]) => !POSSESSIVES.has(first ?? '')),
    phraseBefore(tokens, anchor),
    ...phrasesAfterMarkers(tokens),
  ];
  return phrases.map(lastNoun).find((noun) => noun !== undefined);
}

function phrasesAfterMarkers(tokens: readonly string[]): string[][] {
  return tokens.flatMap((token, index) => (MARKERS.has(token) ? [phraseFrom(tokens.slice(index + 1))] : []));
}

function phraseFrom(tokens: readonly string[]): string[] {
  const end = tokens.findIndex(endsPhrase);
  return tokens.slice(0, end === -1 ? tokens.length : end);
}

function phraseBefore(tokens: readonly string[], anchor: number): string[] {
  const before = tokens.slice(0, Math.max(anchor, 0));
  return before.slice(before.findLastIndex(endsPhrase) + 1);
}

function endsPhrase(token: string): boolean {
  return PHRASE_ENDS.has(token) || !/^[a-z0-9]/.test(token);
}

function lastNoun(phrase: readonly string[]): string | undefined {
  const noun = phrase.findLast((word) => !TAILS.has(word)) ?? '';
  return NOUN.test(noun) && !NOT_A_RESOURCE.has(noun) ? noun : undefined;
}
