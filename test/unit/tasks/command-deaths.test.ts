import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandResult } from '../../../functions/contracts/commands.ts';
import {
  CANCEL,
  CANCELLED,
  CREATE,
  CREATED,
  commandStory,
  ok,
  SAGA_ID,
  said,
  TIMES,
  TOLD,
  timesAtOnce,
} from '../../support/api/command-calls.ts';
import { everyFault, FaultLine } from '../../support/faults.ts';
import { losingLog } from '../../support/log/lost-answers.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { runs, seededRandom } from '../../support/seeds.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
captureLogLines();

let on: ReturnType<typeof commandStory>;
beforeEach(() => {
  on = commandStory();
});

/** A process whose every write is on the line. */
const onLine = (line: FaultLine) =>
  on.process({
    ...on.stores,
    log: line.through(on.stores.log, 'append'),
    receipts: line.through(on.stores.receipts, 'bind', 'keep'),
  });

describe.each([
  { what: 'CreateTask', body: CREATE, writes: 3, result: CREATED, inLog: TASK_ID, names: ['TaskCreated'] },
  {
    what: 'CreateTask with an address',
    body: TOLD,
    writes: 3,
    result: CREATED,
    inLog: TASK_ID,
    names: ['TaskCreated'],
  },
  {
    what: 'CancelTask',
    body: CANCEL,
    writes: 4,
    result: CANCELLED,
    inLog: SAGA_ID,
    names: ['SagaStarted', 'SagaCancelRequested'],
  },
])('a function that dies while it carries out $what', ({ body, writes, result, inLog, names }) => {
  const begin = async () => {
    if (body.type === 'CancelTask') await on.goOn('CreateTask');
  };

  it('makes no more writes than these', async () => {
    await begin();
    const line = new FaultLine();
    await onLine(line)(body);
    expect(line.calls).toBe(writes);
  });

  it.each(everyFault(writes))(
    '$when call $call leaves nothing that is not mended by the same command',
    async (fault) => {
      await begin();
      const line = new FaultLine(fault);
      expect(said(await onLine(line)(body))).toEqual({ status: 500, code: 'INTERNAL_ERROR' });
      expect(line.fired).toBe(true);
      const answers = [await on.send(body), ...(await timesAtOnce(on.send, body))];
      expect(answers.map(said)).toEqual(Array(TIMES + 1).fill(ok(result)));
      expect(await on.namesIn(inLog)).toEqual(names);
      expect(on.stores.deliveries.streams.size).toBe(body === TOLD ? 1 : 0);
    },
  );

  // From the commit on.
  const late = everyFault(writes).slice(-3);
  it.each(late)('$when call $call has its answer, whatever came of the task since', async (fault) => {
    await begin();
    const line = new FaultLine(fault);
    await onLine(line)(body);
    expect([line.fired, await on.namesIn(inLog)]).toEqual([true, names]);
    if (body.type === 'CancelTask') await on.endAsWished();
    else await on.goOn('AssignTask');
    const [first, ...others] = (await timesAtOnce(on.send, body)).map(said);
    expect(first).toMatchObject({ status: 200, data: { success: true, aggregateId: TASK_ID, events: result.events } });
    expect(others).toEqual(Array(TIMES - 1).fill(first));
  });
});

it('answers that are lost are asked for again, and all is done once', async () => {
  let lost = 0;
  for (let round = 0; round < runs(); round += 1) {
    on = commandStory();
    const seed = Math.floor(Math.random() * 1e9);
    const log = losingLog(on.stores.log, seededRandom(seed));
    const stubborn = async (body: unknown): ReturnType<typeof on.send> => {
      const answer = await on.process({ ...on.stores, log })(body);
      return answer.status === 500 ? stubborn(body) : answer;
    };
    for (const [body, result] of [
      [TOLD, CREATED],
      [CANCEL, CANCELLED],
    ]) {
      const answers = await Promise.all(Array.from({ length: TIMES }, () => stubborn(body)));
      expect(answers.map(said), `seed ${seed}`).toEqual(Array(TIMES).fill(ok(result as CommandResult)));
    }
    expect([await on.namesIn(TASK_ID), await on.namesIn(SAGA_ID)], `seed ${seed}`).toEqual([
      ['TaskCreated'],
      ['SagaStarted', 'SagaCancelRequested'],
    ]);
    lost += log.lost();
  }
  expect(lost).toBeGreaterThan(runs() / 10);
});
