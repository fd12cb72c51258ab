import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { sagaIdOf } from '../../../functions/contracts/task-ids.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import { taskCanceller, taskSagaStarter } from '../../../functions/tasks/adapters/task-saga.ts';
import { Died, everyFault, FaultLine } from '../../support/faults.ts';
import { memoryEventLog } from '../../support/log/memory-event-log.ts';
import { tripSaga } from '../../support/sagas/saga-samples.ts';
import { eventsOf } from '../../support/sagas/saga-world.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';
import { storeTask } from '../../support/tasks/task-stories.ts';

const sfn = mockClient(SFNClient);
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:maos-dev-task';
const SAGA = sagaIdOf(TASK_ID);

let log: EventLog;
let created: StoredEvent;
beforeEach(async () => {
  sfn.reset();
  log = memoryEventLog();
  [created] = storedEvents(await storeTask(log)) as [StoredEvent];
});

const start = (definition = tripSaga, on = log) => taskSagaStarter(sagaLog(on), definition, MACHINE)(created);
const cancel = (id: string, definition = tripSaga) =>
  taskCanceller(sagaLog(log), definition)(
    {
      taskId: TASK_ID,
      correlationId: 'corr_1',
      createdAt: created.data.timestamp,
      type: 'code_generation',
      priority: 5,
    },
    { id, reason: 'It rains.', metadata: { userId: 'key_1', now: '2026-08-19T10:11:12.345Z' } },
  );
const saga = () => eventsOf({ log }, SAGA);
const executions = () => sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input);
const BEGUN = {
  type: 'SagaStarted',
  data: {
    definition: tripSaga,
    data: { taskId: TASK_ID, taskType: 'code_generation', priority: 5, createdAt: '2026-08-19T10:11:12.345Z' },
  },
};

describe('the saga of a task', () => {
  it('begins with it: first in the log, then its machine', async () => {
    await start();
    expect(await saga()).toEqual([BEGUN]);
    expect(executions()).toEqual([
      { stateMachineArn: MACHINE, name: `${SAGA}-1`, input: JSON.stringify({ sagaId: SAGA }) },
    ]);
    const [commit] = (await log.load(SAGA)).commits;
    expect(commit?.metadata).toMatchObject({ correlationId: 'corr_1', causationId: created.eventId });
  });

  it('is one however often its beginning is heard of, and keeps its first definition', async () => {
    await start();
    sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: 'twice', $metadata: {} }));
    await start({ ...tripSaga, timeout: 1 });
    expect(await saga()).toEqual([BEGUN]);
    expect(new Set(executions().map(({ name }) => name))).toEqual(new Set([`${SAGA}-1`]));
  });

  it('is heard of again where its machine could not be started, or its function died', async () => {
    sfn.on(StartExecutionCommand).rejectsOnce(new Error('no route'));
    await expect(start()).rejects.toThrow('no route');
    await start();
    expect([await saga(), executions().length]).toEqual([[BEGUN], 2]);
    for (const fault of everyFault(1)) {
      log = memoryEventLog();
      await storeTask(log);
      const line = new FaultLine(fault);
      await expect(start(tripSaga, line.through(log, 'append'))).rejects.toThrow(Died);
      await start();
      expect([line.fired, await saga()]).toEqual([true, [BEGUN]]);
    }
  });
});

describe('a task that is cancelled', () => {
  const WISH = { type: 'SagaCancelRequested', data: { reason: 'It rains.' } };

  it('says so to its saga', async () => {
    await start();
    await cancel('cancel_1');
    expect(await saga()).toEqual([BEGUN, WISH]);
  });

  it('before its saga has begun begins that itself, and the starter only starts its machine', async () => {
    await cancel('cancel_1');
    expect([await saga(), executions()]).toEqual([[BEGUN, WISH], []]);
    await start({ ...tripSaga, timeout: 1 });
    expect([await saga(), executions().length]).toEqual([[BEGUN, WISH], 1]);
  });

  it('is cancelled once', async () => {
    await cancel('cancel_1');
    await cancel('cancel_1');
    await cancel('cancel_2');
    expect(await saga()).toEqual([BEGUN, WISH]);
  });

  it('is refused where its saga is at its end', async () => {
    await start();
    await sagaLog(log).record(SAGA, 'EndSaga', { cause: 'OOPS' });
    await expect(cancel('cancel_1')).rejects.toMatchObject({ code: 'CONFLICT', retryable: false });
  });
});
