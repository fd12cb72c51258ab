import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskStep } from '../../../functions/contracts/task-steps.ts';
import { commandHandler } from '../../../functions/shared/platform/command-handler.ts';
import type { EventLog } from '../../../functions/shared/platform/event-log.ts';
import { taskAggregate } from '../../../functions/tasks/adapters/task-aggregate.ts';
import { taskSteps } from '../../../functions/tasks/adapters/task-steps.ts';
import { memoryEventLog } from '../../support/memory-event-log.ts';
import { samplePayload, TASK_ID, taskCommand } from '../../support/task-samples.ts';

let log: EventLog;
let run: ReturnType<typeof taskSteps>;
beforeEach(() => {
  log = memoryEventLog();
  run = taskSteps(log, () => '2026-08-20T00:00:00.000Z');
});

const task = { taskId: TASK_ID, correlationId: 'corr_1', causationId: `${TASK_ID}-1` };
const assign: TaskStep = { ...task, step: 'assign' };
const complete: TaskStep = { ...task, step: 'complete', ...samplePayload.CompleteTask };
const failWith = (error: Extract<TaskStep, { step: 'fail' }>['error']): TaskStep => ({ ...task, step: 'fail', error });
const create = () => commandHandler(taskAggregate, log)(taskCommand('CreateTask'));
const events = async () => (await log.load(TASK_ID)).commits.flatMap((commit) => commit.events);

describe("a step of a task's machine", () => {
  it('records who takes the task, and names the event as the cause of what follows', async () => {
    await create();
    expect(await run(assign)).toEqual({ causationId: `${TASK_ID}-2` });
    expect((await log.load(TASK_ID)).commits[1]).toMatchObject({
      commitId: `${TASK_ID}:assign`,
      committedAt: '2026-08-20T00:00:00.000Z',
      events: [{ type: 'TaskAssigned', data: { agent: 'scaffold' } }],
      metadata: { correlationId: 'corr_1', causationId: `${TASK_ID}-1` },
    });
  });

  it('records the result', async () => {
    await create();
    await run(assign);
    expect(await run(complete)).toEqual({ causationId: `${TASK_ID}-3` });
    expect((await events())[2]).toEqual({ type: 'TaskCompleted', data: samplePayload.CompleteTask });
  });

  it("records the task's own error, and nothing of ours", async () => {
    await create();
    const Cause = JSON.stringify({ errorMessage: 'TypeError: secret' });
    expect(await run(failWith({ Error: 'TypeError', Cause }))).toEqual({ causationId: `${TASK_ID}-2` });
    expect((await events())[1]).toEqual({
      type: 'TaskFailed',
      data: { error: { code: 'INTERNAL_ERROR', message: 'A step of the task failed on our side.' } },
    });
  });

  it('gives its first answer when the machine runs it again, and writes nothing', async () => {
    await create();
    const first = await run(assign);
    await run(complete);
    const before = await log.load(TASK_ID);
    expect(await run(assign)).toEqual(first);
    expect(await run(complete)).toEqual({ causationId: `${TASK_ID}-3` });
    expect(await log.load(TASK_ID)).toEqual(before);
  });

  it('ends with NO_AGENT where nobody takes such tasks', async () => {
    const command = taskCommand('CreateTask');
    await commandHandler(taskAggregate, log)({ ...command, payload: { ...command.payload, type: 'poetry' } });
    const message = 'No agent takes tasks of the type "poetry".';
    await expect(run(assign)).rejects.toMatchObject({ name: 'NO_AGENT', message });
    expect(await events()).toHaveLength(1);
  });

  it('is refused for a task that there is not', async () => {
    for (const step of [assign, complete, failWith({ Error: 'E' })])
      await expect(run(step)).rejects.toMatchObject({ name: 'NOT_FOUND', message: `There is no task ${TASK_ID}.` });
  });

  it('is refused where it comes out of turn', async () => {
    await create();
    await expect(run(complete)).rejects.toMatchObject({ name: 'CONFLICT' });
  });

  it('is an error where there is no such step', async () => {
    await create();
    await expect(run({ ...task, step: 'dance' } as never)).rejects.toThrow('Unexpected value');
  });
});
