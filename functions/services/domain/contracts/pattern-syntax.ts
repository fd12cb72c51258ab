/** From one code point to another, both included. */
type Range = readonly [number, number];

/** A pattern as far as it takes to make texts of it: no anchors, no groups' names, of wide classes some characters only. */
export type PatternNode =
  | { kind: 'character'; ranges: readonly Range[] }
  | { kind: 'sequence'; parts: readonly PatternNode[] }
  | { kind: 'choice'; options: readonly PatternNode[] }
  | { kind: 'repeat'; part: PatternNode; min: number; max: number };

const code = (character: string): number => character.codePointAt(0) ?? 0;
const range = (from: string, to = from): Range => [code(from), code(to)];

const DIGIT = [range('0', '9')];
const WORD = [range('a', 'z'), range('0', '9'), range('A', 'Z'), range('_')];
const ANY = [range('a', 'z'), range('0', '9'), range('-')];
const NO_WORD = [range('-', '/'), range(' ')];
const CLASSES = new Map<string, readonly Range[]>([
  ['d', DIGIT],
  ['w', WORD],
  ['s', [range(' ')]],
  ['D', [range('a', 'z'), range('-')]],
  ['W', NO_WORD],
  ['S', ANY],
]);
const CONTROLS = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
]);
const PROPERTIES: readonly [RegExp, readonly Range[]][] = [
  [/^(Lu|Uppercase)/, [range('A', 'Z')]],
  [/^(L|Alphabetic|Ll|Lowercase)/, [range('a', 'z')]],
  [/^N/, DIGIT],
];
const NOTHING: PatternNode = { kind: 'sequence', parts: [] };

/** `undefined`: it holds what is not understood here. */
export function parsePattern(pattern: string): PatternNode | undefined {
  const reader = new PatternReader(pattern);
  try {
    return reader.whole();
  } catch {
    return undefined;
  }
}

class PatternReader {
  private rest: string;

  constructor(pattern: string) {
    this.rest = pattern;
  }

  whole(): PatternNode {
    const node = this.choice();
    if (this.rest !== '') throw new Error('There is a bracket too much.');
    return node;
  }

  private choice(): PatternNode {
    const options = [this.sequence()];
    while (this.take(/^\|/)) options.push(this.sequence());
    return { kind: 'choice', options };
  }

  private sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.rest !== '' && !/^[|)]/.test(this.rest)) parts.push(this.repeated(this.atom()));
    return { kind: 'sequence', parts };
  }

  private repeated(part: PatternNode): PatternNode {
    const sign = this.take(/^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/);
    if (sign === undefined) return part;
    const [text, from, comma, to] = sign;
    if (text.startsWith('?')) return { kind: 'repeat', part, min: 0, max: 1 };
    if (from === undefined) return { kind: 'repeat', part, min: text.startsWith('+') ? 1 : 0, max: Infinity };
    const upTo = to === '' || to === undefined ? Infinity : Number(to);
    return { kind: 'repeat', part, min: Number(from), max: comma === '' ? Number(from) : upTo };
  }

  private atom(): PatternNode {
    if (this.take(/^(?:[$^]|\\[bBAz])/)) return NOTHING;
    if (this.take(/^\./)) return { kind: 'character', ranges: ANY };
    if (this.take(/^\((?:\?:|\?P?<\w+>|(?!\?))/)) return this.group();
    if (this.take(/^\[\^/)) return { kind: 'character', ranges: outside(this.classRanges()) };
    if (this.take(/^\[/)) return { kind: 'character', ranges: this.classRanges() };
    if (this.take(/^\(/)) return fail('a group of another kind');
    return { kind: 'character', ranges: this.character() };
  }

  private group(): PatternNode {
    const inner = this.choice();
    this.must(/^\)/);
    return inner;
  }

  private classRanges(): readonly Range[] {
    const ranges: Range[] = [];
    while (!this.take(/^\]/)) {
      const first = this.character();
      const last = this.take(/^-(?!\])/) ? this.character() : undefined;
      const [from] = first;
      const [to] = last ?? [];
      ranges.push(...(from && to ? [[from[0], to[1]] as const] : first));
    }
    return ranges;
  }

  private character(): readonly Range[] {
    if (!this.take(/^\\/)) return [range(this.must(/^./su)[0])];
    const hex = this.take(/^[xu](?:\{([0-9a-fA-F]+)\}|(?<=x)([0-9a-fA-F]{2})|(?<=u)([0-9a-fA-F]{4}))/);
    if (hex) return [range(String.fromCodePoint(Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16)))];
    const property = this.take(/^p\{([^}]+)\}/)?.[1];
    if (property !== undefined) return PROPERTIES.find(([name]) => name.test(property))?.[1] ?? fail(property);
    const [escaped] = this.must(/^./su);
    const control = CONTROLS.get(escaped);
    if (control !== undefined) return [range(control)];
    return CLASSES.get(escaped) ?? (/[0-9A-Za-z]/.test(escaped) ? fail(escaped) : [range(escaped)]);
  }

  private take(form: RegExp): RegExpExecArray | undefined {
    const found = form.exec(this.rest) ?? undefined;
    this.rest = this.rest.slice(found?.[0].length ?? 0);
    return found;
  }

  private must(form: RegExp): RegExpExecArray {
    return this.take(form) ?? fail(this.rest);
  }
}

function fail(what: string): never {
  throw new Error(`It is not understood: ${what}`);
}

/** Some characters that a class leaves. */
function outside(ranges: readonly Range[]): readonly Range[] {
  const left = [...'a0A-_ ~!é'].map(code).filter((point) => !ranges.some(([from, to]) => from <= point && point <= to));
  return left.length > 0 ? left.map((point) => [point, point]) : fail('a class that leaves nothing');
}
