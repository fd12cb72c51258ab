import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RequestRecord } from '../../../functions/requests/domain/request.ts';
import { nextStep } from '../../../functions/requests/domain/request.ts';
import type { RequestChange, RequestMessage } from '../../../functions/requests/domain/request-changes.ts';
import { begun, completed, cutOff, failed, triedInVain } from '../../../functions/requests/domain/request-changes.ts';
import { CREATED, FAILURE, sampleRequest } from '../../support/requests/request-samples.ts';
import { DRILL, runs } from '../../support/seeds.ts';

const NOW = Date.parse(CREATED);
const ORDER = ['pending', 'processing', 'completed', 'failed'];

/** What one of some workers does next: each knows the request as it last saw it, and may be late, or dead, or both. */
const move = fc.record({
  worker: fc.nat(3),
  does: fc.constantFrom('look', 'claim', 'succeed', 'fail for now', 'fail for good', 'die'),
  /** What passes before, in ms. */
  ms: fc.constantFrom<number>(0, 1, 1000, 2000, 10_000, 60_000),
});
type Move = typeof move extends fc.Arbitrary<infer One> ? One : never;

interface Worker {
  seen: RequestRecord;
  /** The request as its own claim has made it. */
  claim?: RequestRecord;
}

function changeBy({ seen, claim }: Worker, does: Move['does'], now: number): RequestChange | undefined {
  const { kind } = nextStep(seen, now);
  if (does === 'claim' && kind === 'try') return begun(seen, now);
  if (does === 'claim' && kind === 'cut-off') return cutOff(seen, now);
  if (claim === undefined) return undefined;
  if (does === 'succeed') return completed(claim, { now }, now);
  if (does === 'fail for now') return triedInVain(claim, FAILURE, now);
  return does === 'fail for good' ? failed(claim, FAILURE, now) : undefined;
}

/** A row with a revision, and all that it has been. */
class Played {
  readonly rows: RequestRecord[];
  readonly messages: RequestMessage[] = [];
  /** Changes of what was not so any more. */
  late = 0;
  #now = NOW;
  readonly #workers: Worker[];

  constructor(row: RequestRecord) {
    this.rows = [row];
    this.#workers = Array.from({ length: 4 }, () => ({ seen: row }));
  }

  get row(): RequestRecord {
    return this.rows.at(-1) as RequestRecord;
  }

  play(moves: readonly Move[]): this {
    for (const { worker, does, ms } of moves) {
      this.#now += ms;
      this.#workers[worker] = this.#after(this.#workers[worker] as Worker, does);
    }
    return this;
  }

  #after(worker: Worker, does: Move['does']): Worker {
    if (does === 'look' || does === 'die') return { seen: this.row };
    const change = changeBy(worker, does, this.#now);
    if (change === undefined) return worker;
    const holds = this.#keep(change) && this.row.running !== undefined;
    return { seen: this.row, ...(holds && { claim: this.row }) };
  }

  #keep({ before, next, message }: RequestChange): boolean {
    if (before.revision !== this.row.revision) {
      this.late += 1;
      return false;
    }
    this.rows.push(next);
    if (message !== undefined) this.messages.push(message);
    return true;
  }
}

const requests = fc.record({ retries: fc.nat(3), timeout: fc.constantFrom(1, 1000, 30_000) });

function assertStep(row: RequestRecord, before: RequestRecord, retries: number): void {
  expect(row.attempts).toBeLessThanOrEqual(retries + 1);
  expect(row.attempts - before.attempts).toBeOneOf([0, 1]);
  expect(ORDER.indexOf(row.status)).toBeGreaterThanOrEqual(ORDER.indexOf(before.status));
  expect(row.status === 'pending' || row.attempts > 0).toBe(true);
}

it('whoever claims, ends, dies or comes late: the tries, the states and the messages keep their laws', DRILL, () => {
  const seen = { ends: 0, cutOffs: 0, late: 0 };
  fc.assert(
    fc.property(requests, fc.array(move, { maxLength: 60 }), (fields, moves) => {
      const { rows, messages, late } = new Played(sampleRequest(fields)).play(moves);
      for (const [index, row] of rows.entries()) assertStep(row, rows[index - 1] ?? row, fields.retries);
      const ends = rows.filter(({ status }) => status === 'completed' || status === 'failed');
      expect(ends.length).toBeLessThanOrEqual(1);
      const told = messages.map(({ status }) => status);
      const statuses = [...new Set(rows.map(({ status }) => status))];
      expect(told).toEqual(statuses.filter((status) => status !== 'pending'));
      expect(rows.at(-1)?.changes).toBe(told.length);
      seen.ends += ends.length;
      seen.cutOffs += ends.filter(({ failure }) => failure?.code === 'INTERNAL_ERROR').length;
      seen.late += late;
    }),
    // As many as it takes that each of the three is met.
    { numRuns: Math.max(2000, runs()) },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
});

it('with somebody who looks after it, every request ends, whatever has happened to it', DRILL, () => {
  fc.assert(
    fc.property(requests, fc.array(move, { maxLength: 40 }), (fields, moves) => {
      // Each look is later than any claim can last, and whoever claims dies.
      const looks = Array.from({ length: fields.retries + 2 }, (): Move[] => [
        { worker: 0, does: 'look', ms: 60_000 },
        { worker: 0, does: 'claim', ms: 0 },
      ]).flat();
      const { row } = new Played(sampleRequest(fields)).play(moves).play(looks);
      expect(row.status).toBeOneOf(['completed', 'failed']);
      expect(row.running).toBeUndefined();
    }),
    { numRuns: runs() },
  );
});
