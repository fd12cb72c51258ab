import type { OperationContract, ServiceContract } from '../../../contracts/service-contract.ts';
import { editsOf } from './input-edits.ts';
import { interleaved } from './interleaved.ts';
import { Sampler } from './sampler.ts';
import type { SchemaCheck, SchemaEngine } from './schema-engine.ts';

/** An input for one operation, whether it fits the operation's schema, and what is special about it: `name is missing`. */
export interface InputCase {
  input: unknown;
  valid: boolean;
  about: string;
}

export interface OperationCases {
  operation: OperationContract;
  /** Valid ones first. Empty where no valid input could be made. */
  cases: readonly InputCase[];
}

/** ContractTestResult: at most so many, however many operations. */
const LIMIT = 50;

/** Changes that are looked at for one operation: many may turn out to be something else than they were meant to be. */
const MAX_TRIED = 2000;
/** Of one input as JSON, in characters. */
const MAX_INPUT = 64 * 1024;
const MAX_ABOUT = 200;

/**
 * Inputs for every operation of a contract without faults, the same ones each time, shared out evenly: one valid input for each operation
 * first, then invalid and valid ones in turn.
 */
export function casesOf(contract: ServiceContract, engine: SchemaEngine, limit = LIMIT): OperationCases[] {
  const { operations } = contract;
  const most = Math.max(1, limit - operations.length + 1);
  const queues = operations.map((operation) => ({ operation, queue: inputCases(operation, engine, most), taken: 0 }));
  const order = [...interleaved(queues.map((each) => each.queue.map(() => each)))].slice(0, limit);
  for (const each of order) each.taken += 1;
  return queues.map(({ operation, queue, taken }) => ({
    operation,
    cases: queue.slice(0, taken).toSorted((one, other) => Number(other.valid) - Number(one.valid)),
  }));
}

/** A valid one first, then invalid and valid ones in turn. */
function inputCases({ input }: OperationContract, engine: SchemaEngine, most: number): InputCase[] {
  const found = new FoundCases(engine.compile(input), most);
  const sampler = new Sampler(input, engine);
  const bases = basesOf(input, sampler).filter(({ base, ...edit }) => found.take({ ...edit, make: () => base }));
  for (const { base, form } of bases) {
    if (found.complete) break;
    for (const { path, what, ...edit } of editsOf(input, base, sampler)) {
      found.take({ ...edit, about: `${path || 'the input'} ${what}${form}` });
      if (found.complete) break;
    }
  }
  return [...interleaved([found.valid, found.invalid])];
}

/** What every other input is made of. An input that may have several forms shows each of them. */
function basesOf(input: OperationContract['input'], sampler: Sampler) {
  const shapes = sampler.shapesOf(input);
  return shapes.flatMap((shape, index) => {
    const form = index === 0 ? '' : ` (form ${index + 1})`;
    return [
      { about: `every field${form}`, base: sampler.sampleOf(shape, 'most'), valid: true, form },
      { about: `only required fields${form}`, base: sampler.sampleOf(shape, 'least'), valid: true, form },
    ];
  });
}

/** Keeps what is what it was meant to be, and nothing twice. */
class FoundCases {
  readonly valid: InputCase[] = [];
  readonly invalid: InputCase[] = [];
  private readonly inputs = new Set<string>();
  private readonly abouts = new Set<string>();
  private readonly check: SchemaCheck;
  private readonly most: number;
  private tried = 0;

  constructor(check: SchemaCheck, most: number) {
    this.check = check;
    this.most = most;
  }

  get complete(): boolean {
    return this.tried >= MAX_TRIED || Math.min(this.valid.length, this.invalid.length) >= this.most;
  }

  take({ valid, about, make }: { valid: boolean; about: string; make(): unknown }): boolean {
    const list = valid ? this.valid : this.invalid;
    if (list.length >= this.most || this.abouts.has(about)) return false;
    this.tried += 1;
    const input = make();
    const text = JSON.stringify(input) ?? '';
    if (text === '' || text.length > MAX_INPUT || this.inputs.has(text) || this.fits(input) !== valid) return false;
    this.inputs.add(text);
    this.abouts.add(about);
    list.push({ input, valid, about: about.length > MAX_ABOUT ? `${about.slice(0, MAX_ABOUT)}…` : about });
    return true;
  }

  private fits(input: unknown): boolean | undefined {
    try {
      return this.check(input) === undefined;
    } catch {
      return undefined;
    }
  }
}
