import { FORMATS } from './formats.ts';
import { textsMatching } from './pattern-texts.ts';
import type { Shape } from './schema-shapes.ts';

/** A value by which a rule of a schema is kept or broken, and how: `is at its minimum 1`. */
export interface RuleCase {
  valid: boolean;
  what: string;
  value: unknown;
}

/** Whether a value keeps what a shape says of texts, numbers and the like. */
export type Fits = (shape: Shape, value: unknown) => boolean;

/** Longer texts say no more, and would fill a report. */
const MAX_LENGTH = 10_000;

const isNumber = (value: unknown): value is number => typeof value === 'number';
const letters = (length: number) => 'a'.repeat(length);

/** Texts that the shape may take, the likeliest first. */
export function* textsFor({ minLength, maxLength, format, pattern }: Shape): Generator<unknown> {
  yield* formatted(format);
  if (typeof pattern === 'string') yield* textsMatching(pattern);
  const least = isNumber(minLength) ? minLength : 0;
  const most = isNumber(maxLength) ? maxLength : MAX_LENGTH;
  if (typeof pattern === 'string' && least <= MAX_LENGTH) yield* textsMatching(pattern, least);
  if (least <= MAX_LENGTH) yield letters(Math.max(least, Math.min(4, most)));
}

const formatted = (format: unknown) => FORMATS.get(String(format)) ?? [];

/** Numbers that the shape may take, the likeliest first. */
export function numbersFor(shape: Shape): number[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = shape;
  const step = isNumber(multipleOf) ? multipleOf : 1;
  const from = Math.max(...[minimum, exclusiveMinimum].filter(isNumber));
  const to = Math.min(...[maximum, exclusiveMaximum].filter(isNumber));
  const near = [from, to].flatMap((bound) => [bound, bound + step, bound - step, ...multiplesNear(bound, step)]);
  return [step, 0, ...near, (from + to) / 2, to - step / 2].filter(Number.isFinite);
}

function multiplesNear(bound: number, step: number): number[] {
  const below = Math.floor(bound / step) * step;
  return [below, below + step, below - step];
}

/** Each rule for texts, reached where it is a bound, and overstepped. */
export function* textCases(shape: Shape, fits: Fits): Generator<RuleCase> {
  const { minLength, maxLength, format, pattern } = shape;
  if (isLength(minLength) && minLength > 0) {
    yield { valid: false, what: `is shorter than ${minLength}`, value: letters(minLength - 1) };
    yield { valid: true, what: `has its least length ${minLength}`, value: textOfLength(minLength, shape, fits) };
  }
  if (isLength(maxLength)) {
    yield { valid: false, what: `is longer than ${maxLength}`, value: letters(maxLength + 1) };
    yield { valid: true, what: `has its greatest length ${maxLength}`, value: textOfLength(maxLength, shape, fits) };
  }
  if (typeof format === 'string') {
    yield { valid: false, what: `is not of the format ${format}`, value: 'of no (format <%>' };
    yield* formatted(format).map(shown);
  }
  if (typeof pattern === 'string') {
    const value = ['~', ' ', '', 'a', '0', 'A\n~'].find((text) => !fits({ pattern }, text));
    yield { valid: false, what: 'does not match its pattern', value };
    yield* textsMatching(pattern).map(shown);
  }
}

const isLength = (value: unknown): value is number => isNumber(value) && value <= MAX_LENGTH;

const shown = (value: unknown): RuleCase => ({ valid: true, what: `is ${JSON.stringify(value)}`, value });

function textOfLength(length: number, shape: Shape, fits: Fits): string {
  const matching = typeof shape.pattern === 'string' ? textsMatching(shape.pattern, length) : [];
  return (
    [...matching].find((text) => fits({ ...shape, minLength: length, maxLength: length }, text)) ?? letters(length)
  );
}

/** Each rule for numbers, reached where it is a bound, and overstepped. */
export function* numberCases(shape: Shape): Generator<RuleCase> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type } = shape;
  const step = isNumber(multipleOf) ? multipleOf : 1;
  if (isNumber(minimum)) {
    yield { valid: false, what: `is below its minimum ${minimum}`, value: minimum - step };
    yield { valid: true, what: `is at its minimum ${minimum}`, value: minimum };
  }
  if (isNumber(maximum)) {
    yield { valid: false, what: `is above its maximum ${maximum}`, value: maximum + step };
    yield { valid: true, what: `is at its maximum ${maximum}`, value: maximum };
  }
  if (isNumber(exclusiveMinimum)) {
    yield { valid: false, what: `is not above ${exclusiveMinimum}`, value: exclusiveMinimum };
    yield { valid: true, what: `is just above ${exclusiveMinimum}`, value: exclusiveMinimum + step };
  }
  if (isNumber(exclusiveMaximum)) {
    yield { valid: false, what: `is not below ${exclusiveMaximum}`, value: exclusiveMaximum };
    yield { valid: true, what: `is just below ${exclusiveMaximum}`, value: exclusiveMaximum - step };
  }
  if (isNumber(multipleOf)) {
    const [within] = numbersFor(shape);
    yield { valid: false, what: `is no multiple of ${multipleOf}`, value: (within ?? 0) + multipleOf / 2 };
  }
  if ([type].flat().includes('integer')) {
    yield { valid: false, what: 'is not whole', value: (isNumber(minimum) ? minimum : 0) + 0.5 };
  }
}
