import { describe, expect, it } from 'vitest';
import { ApiClient } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, listedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const ENDED_MS = 90_000;
const api = new ApiClient(cloud.apiKey);

/** Submits it, waits for its end and for its row, and holds the two to be the same. */
async function outcome(body: unknown) {
  const { taskId } = await newTask(api, body, newCorrelationId());
  const task = await endedTask(api, taskId, ENDED_MS);
  expect(await listedTask(api, task)).toStrictEqual(task);
  const events = await historyOf(api, taskId);
  expect(events.map((event) => event.data.version)).toEqual(events.map((_, index) => index + 1));
  return { task, events };
}

/** Locally a task that nobody takes waits 45 s for an agent and 5 s more, and cold starts come on top. */
describe.concurrent('a task ends', { timeout: 120_000 }, () => {
  it('failed with NO_AGENT where no agent takes its type, which the message names', async () => {
    const { task, events } = await outcome({ type: 'paint.a-house_1', description: 'In blue' });
    expect(task).toMatchObject({ status: 'failed', assignedAgent: null, result: null, version: 2 });
    expect(task.error).toStrictEqual({ code: 'NO_AGENT', message: expect.stringContaining('paint.a-house_1') });
    expect(events.map((event) => event.eventType)).toEqual(['domain.TaskCreated', 'domain.TaskFailed']);
    expect(events.at(-1)?.data.eventData).toStrictEqual({ error: task.error });
    expect(events.at(-1)?.metadata.causationId).toMatch(/^tasksaga_/);
  });

  it('failed with UNSUPPORTED_REQUIREMENT where its agent cannot meet one, which the message names', async () => {
    const requirements = [
      { type: 'framework', value: 'express' },
      { type: 'language', value: 'cobol' },
    ];
    const { task, events } = await outcome({
      type: 'code_generation',
      description: 'An API for ledgers',
      requirements,
    });
    expect(task).toMatchObject({ status: 'failed', assignedAgent: 'scaffold', result: null, version: 3 });
    expect(task.error).toStrictEqual({
      code: 'UNSUPPORTED_REQUIREMENT',
      message: expect.stringMatching(/language.*cobol/s),
    });
    expect(events.map((event) => event.data.eventType)).toEqual(['TaskCreated', 'TaskAssigned', 'TaskFailed']);
    expect(events.at(-1)?.metadata.causationId).toMatch(/^tasksaga_/);
  });

  it('completed with a report where it is a simple one', async () => {
    const { task } = await outcome({ type: 'simple_task', description: 'Count the swallows of spring' });
    expect(task).toMatchObject({ status: 'completed', assignedAgent: 'scaffold', error: null });
    expect(task.result?.files.map((file) => file.path)).toEqual(['report.md']);
    const { bytes } = await api.bytes(`/tasks/${task.taskId}/files/report.md`);
    expect(bytes.toString('utf8')).toContain('Count the swallows of spring');
  });

  it('with what its owner gave it, as it came', async () => {
    const given = {
      description: 'Ünïcode 🦊, "quotes", a tab\t and a line\nbreak',
      requirements: [{ type: 'Size', value: ' small ' }],
      priority: 0,
      metadata: { ticket: 'T-1', nested: { list: [1, 2.5e-7, null, true, { deep: '' }] }, 'a key': -0.5 },
    };
    const { task, events } = await outcome({ type: 'nobodys.type', ...given });
    expect(task).toMatchObject(given);
    expect(task.metadata).toStrictEqual(given.metadata);
    expect(events[0]?.data.eventData).toStrictEqual({ type: 'nobodys.type', ...given });
  });
});
