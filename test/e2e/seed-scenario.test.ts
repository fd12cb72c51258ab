import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Task } from '../../functions/contracts/api/task.ts';
import { runTool } from '../../local/checks/tool.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { plantTree } from '../support/plant.ts';

const api = new ApiClient(cloud.apiKey);
const getTask = (taskId: string) => api.data<Task>(`/tasks/${taskId}`);

async function waitForCondition(holds: () => Promise<boolean>, limitMs: number): Promise<void> {
  const held = await waitFor(async () => (await holds()) || undefined, { everyMs: 100, limitMs });
  expect(held, `within ${limitMs} ms`).toBe(true);
}

/** The seed's IntegrationTestSuite.testTaskOrchestrationFlow, line by line, through the public door. */
it('testTaskOrchestrationFlow', { timeout: 120_000 }, async () => {
  // 1. Submit task request
  const taskRequest = dataOf<Task>(
    await api.create('/tasks', {
      type: 'code_generation',
      description: 'Generate a simple REST API',
      requirements: [
        { type: 'language', value: 'typescript' },
        { type: 'framework', value: 'express' },
      ],
    }),
  );
  expect(taskRequest.taskId).toBeDefined();
  expect(taskRequest.status).toBe('pending');

  // 2. Verify agent assignment
  await waitForCondition(async () => {
    const task = await getTask(taskRequest.taskId);
    return task.assignedAgent !== null;
  }, 10_000);
  const assignedTask = await getTask(taskRequest.taskId);
  expect(assignedTask.assignedAgent).toBeDefined();
  expect(assignedTask.status).toBe('assigned');

  // 3. Monitor task execution
  await waitForCondition(async () => {
    const task = await getTask(taskRequest.taskId);
    return ['completed', 'failed'].includes(task.status);
  }, 60_000);
  const completedTask = await getTask(taskRequest.taskId);
  expect(completedTask.status).toBe('completed');
  expect(completedTask.result).toBeDefined();

  // 4. Verify result format
  expect(completedTask.result).toHaveProperty('files');
  expect(completedTask.result?.files).toBeInstanceOf(Array);
  expect(completedTask.result?.files.length).toBeGreaterThan(0);

  await expectSoundProject(completedTask);
});

/** Type-checks the project that came out, and runs its own tests, with the dependencies of this checkout. */
async function expectSoundProject({ taskId, result }: Task): Promise<void> {
  const contents: Record<string, string> = {};
  for (const { path } of result?.files ?? []) {
    contents[path] = (await api.bytes(`/tasks/${taskId}/files/${path}`)).bytes.toString('utf8');
  }
  await using project = await plantTree(contents, []);
  expect(await runTool('tsc', ['--project', project.folder])).toEqual({ code: 0, output: '' });
  const { scripts } = JSON.parse(contents['package.json'] ?? '{}');
  const [node, ...test] = scripts.test.split(' ');
  expect([node, test[0]]).toEqual(['node', '--test']);
  const options = { cwd: project.folder };
  const { stdout } = await promisify(execFile)(process.execPath, ['--test-reporter=tap', ...test], options);
  expect(stdout).toMatch(/^# pass [1-9]\d*$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
}
