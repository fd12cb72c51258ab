import type { Bill, Item } from './bill.ts';
import { bill } from './bill.ts';
import type { Assumptions, CountedTask, FunctionCalls } from './cost.ts';
import { ASSUMED, callsOf, compute, REQUESTS_A_MESSAGE, TASKS } from './cost.ts';

/** TaskCreated, TaskAssigned, WorkStarted, WorkDone, FilesStored, TaskCompleted: the study's six (section 5, A). */
const EVENTS = 6;
/** Assign, execute, store. */
const STEPS = 3;
/** Looks at an agent that takes seconds: the fewest with which a loop is one. */
const POLLS = 2;
const MEMORY = 512;

/** The functions of the usual design; what reads one event at a time is called once an event. */
const FUNCTIONS: readonly FunctionCalls[] = [
  { name: 'api', memoryMb: MEMORY, traced: true, calls: 1 },
  { name: 'authorizer', memoryMb: MEMORY, traced: true, calls: 1 },
  { name: 'publisher', memoryMb: MEMORY, traced: true, calls: EVENTS },
  { name: 'projection', memoryMb: MEMORY, traced: true, calls: EVENTS },
  { name: 'saga starter', memoryMb: MEMORY, traced: true, calls: 1 },
  { name: 'steps', memoryMb: MEMORY, traced: true, calls: STEPS },
  { name: 'agent', memoryMb: MEMORY, traced: true, calls: 1 },
];

/** What the design cannot change, taken from the task that was counted. */
export type SameTask = Pick<CountedTask, 'apiRequests' | 'progressUnits' | 'functions' | 'logBytes'> & {
  /** Files of the result. */
  files: number;
};

/**
 * The same task on the same services, as tutorials build it: one read model, tracing and logs like ours, no retry, no failure. Where a
 * choice was open, the cheaper one was taken, so that the comparison errs against us.
 */
export function costOfTextbook(task: SameTask, assumed: Assumptions = ASSUMED): Bill {
  const logBytes = (task.logBytes / callsOf(task.functions)) * callsOf(FUNCTIONS);
  const items = [...written(task), ...read(), ...moved(task), ...compute({ functions: FUNCTIONS, logBytes }, assumed)];
  return bill('Textbook', items.map(asDesigned), TASKS);
}

function asDesigned(item: Item): Item {
  return item.basis === 'counted' ? { ...item, basis: 'designed' } : item;
}

function written({ progressUnits, files }: SameTask): Item[] {
  const writes = (what: string, count: number, why: string): Item => ({
    what,
    price: 'writeUnit',
    count,
    basis: 'designed',
    why,
  });
  return [
    writes('events with their outbox rows', 4 * EVENTS, 'two items in a transaction at twice the units (study 2, 5)'),
    writes('outbox rows removed', EVENTS, 'each row once it is sent (study 5, A: marked as sent)'),
    writes('read model with its counter', 4 * EVENTS, 'row and counter in a transaction, each event (study 5, A)'),
    writes('its index by status', 5, 'one entry made, two moved; a move is a removal and a put (study 2)'),
    writes("the saga's state", 2 * STEPS, 'at the start and the end of each step (study 5, A)'),
    writes("the agent's lease", 4, 'taken and given back, with one index (as in MAOS)'),
    writes('what the agent tells', progressUnits, 'as counted for MAOS'),
    { what: 'files', price: 'filePut', count: files, basis: 'designed', why: 'each written once, to where it stays' },
  ];
}

function read(): Item[] {
  const reads = (what: string, count: number, why: string): Item => ({
    what,
    price: 'readUnit',
    count,
    basis: 'designed',
    why,
  });
  return [
    reads('histories', EVENTS, 'read before each append, 4 KB at most (study 2)'),
    reads('read model and checkpoint', 2 * EVENTS, 'before each of its writes (study 5, A)'),
    reads('polls', POLLS, 'the row that the loop looks at'),
  ];
}

function moved({ apiRequests }: SameTask): Item[] {
  const messages = EVENTS + 2;
  const states = 1 + 2 * STEPS + 3 * POLLS + 1;
  const design = { basis: 'designed' } as const;
  return [
    { ...design, what: 'the call that submits', price: 'apiRequest', count: apiRequests, why: 'as in MAOS' },
    {
      ...design,
      what: 'the saga',
      price: 'transition',
      count: states,
      why: `start, a state to do and one to record each step, ${POLLS} rounds of wait, look and choose, success (study 5, A)`,
    },
    { ...design, what: 'events on the bus', price: 'event', count: EVENTS, why: 'one PutEvents each (study 5, A)' },
    {
      ...design,
      what: 'queues',
      price: 'queueRequest',
      count: messages * REQUESTS_A_MESSAGE,
      why: 'each event to the read model, one to the starter, one to the agent (study 5, A)',
    },
  ];
}
