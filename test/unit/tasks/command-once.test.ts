import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { EventLog, NewCommit } from '../../../functions/shared/platform/log/event-log.ts';
import type { Stores } from '../../support/api/command-calls.ts';
import {
  CANCEL,
  CANCELLED,
  CREATE,
  CREATED,
  commandSender,
  commandStory,
  ok,
  SAGA_ID,
  said,
  TIMES,
  TOLD,
  timesAtOnce,
} from '../../support/api/command-calls.ts';
import { TASK_BODY, taskApi } from '../../support/api/task-api.ts';
import { FaultLine } from '../../support/faults.ts';
import { rivalLog } from '../../support/log/rival-log.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { tripSaga } from '../../support/sagas/saga-samples.ts';
import { sampleEvent, TASK_ID } from '../../support/tasks/task-samples.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
captureLogLines();

const OTHER_ID = TASK_ID.replace(/0$/, '1');
const CONFLICT = { status: 409, code: 'CONFLICT' };
const MISMATCH = { status: 422, code: 'IDEMPOTENCY_MISMATCH' };

let on: ReturnType<typeof commandStory>;
let send: typeof on.send;
beforeEach(() => {
  on = commandStory();
  ({ send } = on);
});

/** Lets appends through once so many have come. */
function crowdedLog(log: EventLog, size: number) {
  const all = Promise.withResolvers<void>();
  let waiting = 0;
  return {
    waiting: () => waiting,
    load: log.load,
    async append(...of: Parameters<EventLog['append']>) {
      waiting += 1;
      if (waiting === size) all.resolve();
      await all.promise;
      return log.append(...of);
    },
  } satisfies EventLog & { waiting(): number };
}

/** A commit of somebody else. */
function foreign(event: NewEvent): NewCommit {
  const metadata = { correlationId: 'corr_9', traceId: '1-5759e988-bd862e3fe1be46a994272793' };
  return { commitId: randomUUID(), committedAt: '2026-08-19T10:11:12.345Z', events: [event], metadata };
}

describe('the same id', () => {
  it('gives the first answer again, also when the task has gone on', async () => {
    await send(CREATE);
    await on.goOn('AssignTask');
    expect(said(await send(CREATE))).toEqual(ok(CREATED));
    expect(said(await send(CANCEL))).toEqual(ok({ ...CANCELLED, version: 2 }));
    await on.endAsWished();
    expect([said(await send(CREATE)), said(await send(CANCEL))]).toEqual([
      ok(CREATED),
      ok({ ...CANCELLED, version: 2 }),
    ]);
    expect(await on.namesIn(TASK_ID)).toEqual(['TaskCreated', 'TaskAssigned', 'TaskCancelled']);
    expect(await on.namesIn(SAGA_ID)).toHaveLength(4);
  });

  it('does so when the receipt is forgotten: the log knows it', async () => {
    await send(TOLD);
    await send(CANCEL);
    await on.endAsWished();
    on.stores.receipts.forget();
    const later = taskApi(on.stores);
    later.refused.add('agent-service');
    later.wrong.set(TOLD.payload.callbackUrl, 'must not lead to a private address');
    const again = commandSender(later);
    expect(said(await again({ ...TOLD, metadata: { expectedVersion: 0 } }))).toEqual(ok(CREATED));
    expect(said(await again({ ...CANCEL, metadata: { expectedVersion: 1 } }))).toEqual(
      ok({ ...CANCELLED, version: 2 }),
    );
  });

  it('does so for a command that caused nothing', async () => {
    await send(CREATE);
    await send(CANCEL);
    const late = { ...CANCEL, id: 'late' };
    expect(said(await send(late))).toEqual(ok({ ...CANCELLED, events: [] }));
    await on.endAsWished();
    expect(said(await send(late))).toEqual(ok({ ...CANCELLED, events: [] }));
  });

  it.each([
    ['payload', { payload: { ...TASK_BODY, priority: 6 } }],
    ['payload that means the same by its defaults', { payload: { ...TASK_BODY, priority: 5 } }],
    ['aggregate', { aggregateId: OTHER_ID }],
    ['type', { type: 'CancelTask', payload: {} }],
  ])('is refused for another %s, and the first answer stays', async (_what, other) => {
    await send(CREATE);
    expect(said(await send({ ...CREATE, ...other }))).toEqual(MISMATCH);
    expect(said(await send(CREATE))).toEqual(ok(CREATED));
    expect([await on.namesIn(TASK_ID), await on.namesIn(OTHER_ID), await on.namesIn(SAGA_ID)]).toEqual([
      ['TaskCreated'],
      [],
      [],
    ]);
  });

  it('is the same however the payload is written, and whatever the metadata says', async () => {
    await send({ ...CREATE, payload: { ...TASK_BODY, metadata: { a: 1, b: [{ c: 2, d: 3 }] } } });
    const { description, type } = TASK_BODY;
    const payload = { metadata: { b: [{ d: 3, c: 2 }], a: 1 }, description, type };
    const metadata = { expectedVersion: 9, userId: 'other', correlationId: 'other' };
    const { id, aggregateId } = CREATE;
    expect(said(await send({ metadata, payload, aggregateId, type: 'CreateTask', id }))).toEqual(ok(CREATED));
  });

  it('of another owner is another command', async () => {
    await send(CREATE);
    const aggregateId = OTHER_ID;
    expect(said(await send({ ...CREATE, aggregateId }, { keyId: 'key_2' }))).toEqual(ok({ ...CREATED, aggregateId }));
  });

  it('may come mended after a refusal, and no other command may', async () => {
    const wrong = { ...CREATE, metadata: { expectedVersion: 1 } };
    expect(said(await send(wrong))).toEqual(CONFLICT);
    const other = { ...CREATE, payload: { ...TASK_BODY, priority: 6 } };
    expect(said(await send(other))).toEqual(MISMATCH);
    expect(said(await send({ ...CREATE, metadata: { expectedVersion: 0 } }))).toEqual(ok(CREATED));
    expect(said(await send(wrong))).toEqual(ok(CREATED));
  });

  it.each([`${TASK_ID}-1`, `${TASK_ID}-2`, 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'])(
    'is never taken for an id of ours: %s',
    async (id) => {
      await on.goOn('CreateTask');
      expect(said(await send({ ...CANCEL, id }))).toEqual(ok(CANCELLED));
      expect(await on.namesIn(SAGA_ID)).toEqual(['SagaStarted', 'SagaCancelRequested']);
    },
  );
});

describe(`the same command ${TIMES} times at once`, () => {
  it.each([
    ['a task', CREATE],
    ['a task that is told', TOLD],
    ['a task at version 0', { ...CREATE, metadata: { expectedVersion: 0 } }],
  ])('makes %s, and is answered once', async (_what, body) => {
    const answers = await timesAtOnce(send, body);
    expect(answers.map(said)).toEqual(Array(TIMES).fill(ok(CREATED)));
    expect(await on.namesIn(TASK_ID)).toEqual(['TaskCreated']);
    expect(on.stores.deliveries.streams.size).toBe(body === TOLD ? 1 : 0);
  });

  it('makes one task where all append at one moment', async () => {
    const log = crowdedLog(on.stores.log, TIMES);
    const answers = await timesAtOnce(on.process({ ...on.stores, log }), CREATE);
    expect(log.waiting()).toBe(TIMES);
    expect(answers.map(said)).toEqual(Array(TIMES).fill(ok(CREATED)));
    expect(await on.namesIn(TASK_ID)).toEqual(['TaskCreated']);
  });

  it.each([
    ['as they come', 0],
    ['where all append at one moment', TIMES],
  ])('ends a task once, %s', async (_how, size) => {
    await on.goOn('CreateTask', 'AssignTask');
    const log = size === 0 ? on.stores.log : crowdedLog(on.stores.log, size);
    const answers = await timesAtOnce(on.process({ ...on.stores, log }), {
      ...CANCEL,
      metadata: { expectedVersion: 2 },
    });
    expect(answers.map(said)).toEqual(Array(TIMES).fill(ok({ ...CANCELLED, version: 2 })));
    expect(await on.namesIn(SAGA_ID)).toEqual(['SagaStarted', 'SagaCancelRequested']);
  });

  it('ends a task once where the saga is busy', async () => {
    await on.goOn('CreateTask');
    const begun = { type: 'SagaStarted', data: { definition: tripSaga, data: {} } };
    await on.stores.log.append(await on.stores.log.load(SAGA_ID), foreign(begun));
    const step = { type: 'SagaStepStarted', data: { stepId: 'flight' } };
    const log = rivalLog(on.stores.log, () => foreign(step), 3);
    const answers = await timesAtOnce(on.process({ ...on.stores, log }), CANCEL);
    expect(log.fired()).toBe(3);
    expect(answers.map(said)).toEqual(Array(TIMES).fill(ok(CANCELLED)));
    expect((await on.namesIn(SAGA_ID)).filter((name) => name === 'SagaCancelRequested')).toHaveLength(1);
  });

  it.each([
    ['', CREATE],
    [', and opens no stream,', TOLD],
  ])('is refused to all%s where somebody else made the task a moment before', async (_what, body) => {
    const log = rivalLog(on.stores.log, () => foreign(sampleEvent.TaskCreated), 1);
    const answers = await timesAtOnce(on.process({ ...on.stores, log }), body);
    expect(answers.map(said)).toEqual(Array(TIMES).fill(CONFLICT));
    expect([log.fired(), on.stores.deliveries.streams.size]).toEqual([1, 0]);
  });

  it('with two contents is one command, and the other is refused each time', async () => {
    const other = { ...CREATE, payload: { ...TASK_BODY, priority: 6 } };
    const [mine, theirs] = await Promise.all([timesAtOnce(send, CREATE), timesAtOnce(send, other)]);
    expect([mine.map(said), theirs.map(said)]).toEqual([Array(TIMES).fill(ok(CREATED)), Array(TIMES).fill(MISMATCH)]);
    expect(await on.namesIn(TASK_ID)).toEqual(['TaskCreated']);
  });
});

describe('of two that are carried out at once', () => {
  /** A process whose calls of this kind wait for a word, from the n-th on. */
  function held<Port extends keyof Stores>(port: Port, call: keyof Stores[Port], from = 1) {
    const [reached, word] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const real = on.stores[port][call] as (...of: unknown[]) => Promise<unknown>;
    let calls = 0;
    const waiting = async (...of: unknown[]) => {
      calls += 1;
      if (calls < from) return real(...of);
      reached.resolve();
      await word.promise;
      return real(...of);
    };
    const process = on.process({ ...on.stores, [port]: { ...on.stores[port], [call]: waiting } });
    return { process, reached: reached.promise, goOn: word.resolve };
  }

  it('both tell the answer that was kept first, though the task has gone on since', async () => {
    await on.goOn('CreateTask');
    const slow = held('receipts', 'keep');
    const first = slow.process(CANCEL);
    await slow.reached;
    await on.goOn('AssignTask');
    expect(said(await send(CANCEL))).toEqual(ok({ ...CANCELLED, version: 2 }));
    slow.goOn();
    expect(said(await first)).toEqual(ok({ ...CANCELLED, version: 2 }));
  });

  it('the later one is not refused for what the earlier one did', async () => {
    await on.goOn('CreateTask');
    const slow = held('log', 'load');
    const metadata = { expectedVersion: 1 };
    const late = slow.process({ ...CANCEL, metadata });
    await slow.reached;
    expect(said(await send({ ...CANCEL, metadata }))).toEqual(ok(CANCELLED));
    await on.endAsWished();
    slow.goOn();
    expect(said(await late)).toEqual(ok(CANCELLED));
  });

  it.each([1, 2])('nor where the earlier one was cut off before its answer was kept (%i)', async (from) => {
    await on.goOn('CreateTask');
    const slow = held('log', 'load', from);
    const late = slow.process({ ...CANCEL, metadata: { expectedVersion: 1 } });
    await slow.reached;
    const line = new FaultLine({ call: 1, when: 'before' });
    const receipts = line.through(on.stores.receipts, 'keep');
    expect((await on.process({ ...on.stores, receipts })(CANCEL)).status).toBe(500);
    expect(line.fired).toBe(true);
    await on.endAsWished();
    slow.goOn();
    expect(said(await late)).toEqual(ok({ ...CANCELLED, version: 2 }));
  });

  it('nor for what ended the task after the earlier one had caused nothing', async () => {
    await on.goOn('CreateTask');
    await send({ ...CANCEL, id: 'first' });
    const slow = held('log', 'load');
    const late = slow.process(CANCEL);
    await slow.reached;
    expect(said(await send(CANCEL))).toEqual(ok({ ...CANCELLED, events: [] }));
    await on.endAsWished();
    slow.goOn();
    expect(said(await late)).toEqual(ok({ ...CANCELLED, events: [] }));
  });

  it('one that is refused for good stays refused', async () => {
    await on.goOn('CreateTask');
    const slow = held('log', 'load');
    const late = slow.process(CANCEL);
    await slow.reached;
    await on.goOn('FailTask');
    slow.goOn();
    expect([said(await late), said(await send(CANCEL))]).toEqual(Array(2).fill(CONFLICT));
  });
});
