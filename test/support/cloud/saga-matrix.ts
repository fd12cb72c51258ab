import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import type { Behaviour, Received } from '../outgoing/fault-server.ts';
import { answer, json } from '../outgoing/fault-server.ts';
import type { Step } from './saga-flow.ts';
import { complete, operationOf } from './saga-flow.ts';

export const STEPS = ['a', 'b', 'c', 'd'];
export const FAULTS = ['fails', 'fails twice', 'times out', 'answers later', 'never answers', 'is not undone'] as const;

/** One saga of four steps, in which one thing goes wrong. */
export interface Cell {
  fault: (typeof FAULTS)[number];
  step: string;
}

/** Every fault at every step; what the last step did is never undone. */
export const CELLS: Cell[] = FAULTS.flatMap((fault) =>
  STEPS.filter((step) => fault !== 'is not undone' || step !== STEPS.at(-1)).map((step) => ({ fault, step })),
);

/** How the faulty step is defined. */
export function settingsOf({ fault, step }: Cell): Record<string, Step> {
  const ofStep: Partial<Record<Cell['fault'], Step>> = {
    'fails twice': { retries: 2 },
    'times out': { timeout: 1500 },
    'never answers': { timeout: 2000 },
  };
  return Object.fromEntries(STEPS.map((id) => [id, id === step ? (ofStep[fault] ?? {}) : {}]));
}

const REFUSED = json({ code: 'FULL', message: 'There is no room.' }, 409);
const DOWN = json({ code: 'DOWN', message: 'Come again.' }, 503);
const ACCEPTED = answer(202);

/** A service that does and undoes each step under the step's own name, but for the one thing that goes wrong. */
export function serviceOf({ fault, step }: Cell): Behaviour {
  let failures = 0;
  const done: Behaviour = (response, request) => json({ [operationOf(request)]: true })(response, request);
  const faults: Record<Cell['fault'], Behaviour> = {
    fails: REFUSED,
    'fails twice': (response, request) => {
      failures += 1;
      (failures <= 2 ? DOWN : done)(response, request);
    },
    'times out': (response, request) => void setTimeout(() => done(response, request), 4000),
    'answers later': (response, request) => {
      ACCEPTED(response, request);
      setTimeout(() => void bringLater(request), 500);
    },
    'never answers': ACCEPTED,
    'is not undone': REFUSED,
  };
  const faulty = fault === 'is not undone' ? [`undo-${step}`, `do-${STEPS.at(-1)}`] : [`do-${step}`];
  return (response, request) => {
    (faulty.includes(operationOf(request)) ? faults[fault] : done)(response, request);
  };
}

function bringLater(request: Received): Promise<Response> {
  return complete(request, { status: 'completed', result: { [operationOf(request)]: true } });
}

/** What a service saw and a saga tells of a cell. */
export interface Outcome {
  calls: string[];
  status: SagaExecution['status'];
  completed: string[];
  compensations: [stepId: string, status: string][];
}

/** What the seed's orchestrator does in a cell: its loops over tries, steps and compensations. */
export function outcomeOfSeed(cell: Cell): Outcome {
  const calls: string[] = [];
  const completed: string[] = [];
  for (const step of STEPS) {
    const tries = cell.fault === 'fails twice' && cell.step === step ? 3 : 1;
    for (let made = 0; made < tries; made += 1) calls.push(`do-${step}`);
    if (isEndOf(cell, step)) return { calls, completed, status: 'failed', ...undone(cell, completed, calls) };
    completed.push(step);
  }
  return { calls, completed, status: 'completed', compensations: [] };
}

function isEndOf({ fault, step: faulty }: Cell, step: string): boolean {
  if (fault === 'is not undone') return step === STEPS.at(-1);
  return step === faulty && ['fails', 'times out', 'never answers'].includes(fault);
}

/** In reverse order, and on to the next where one fails. */
function undone({ fault, step }: Cell, completed: readonly string[], calls: string[]): Pick<Outcome, 'compensations'> {
  const compensations = completed.toReversed().map((id): [string, string] => {
    calls.push(`undo-${id}`);
    return [id, fault === 'is not undone' && id === step ? 'failed' : 'completed'];
  });
  return { compensations };
}
