import { beforeEach, describe, expect, it } from 'vitest';
import { REQUEST_ID } from '../../support/api/api-calls.ts';
import { TASKS, taskApi } from '../../support/api/task-api.ts';
import { TASK_ID, taskCommand } from '../../support/tasks/task-samples.ts';

let api: ReturnType<typeof taskApi>;
beforeEach(() => {
  api = taskApi();
});

describe('GET /tasks/{taskId}/files/{path}', () => {
  const MB = 1024 * 1024;
  async function withFile(path: string, content: string, size?: number): Promise<string> {
    const file = api.files.store(TASK_ID, path, content);
    const files = [{ ...file, size: size ?? file.size }];
    await api.commands('CreateTask', 'AssignTask', {
      ...taskCommand('CompleteTask'),
      payload: { result: { files, summary: '' } },
    });
    return `${TASKS}/${TASK_ID}/files/${path}`;
  }

  it('gives the bytes as a download that no browser runs', async () => {
    const content = '<script>Ж</script>\u0000';
    const { status, headers, bytes } = await api.call({ path: await withFile('src/a.html', content) });
    expect([status, bytes.toString()]).toEqual([200, content]);
    expect(headers).toEqual({
      'content-type': 'text/html',
      'content-disposition': 'attachment',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000',
      'x-request-id': REQUEST_ID,
      'x-correlation-id': expect.stringMatching(/^corr_/),
    });
  });

  it('gives 4 MB itself', async () => {
    const path = await withFile('big.bin', 'stands for 4 MB', 4 * MB);
    expect((await api.call({ path })).status).toBe(200);
  });

  it('sends on to an address that needs no key for what is larger than 4 MB', async () => {
    const { status, headers, json } = await api.call({ path: await withFile('big.bin', '', 4 * MB + 1) });
    const url = `https://files.example/${TASK_ID}/big.bin?signed`;
    expect([status, headers.location, json.data]).toEqual([303, url, { url }]);
  });

  it.each(['other.html', 'src', 'src/A.html', '%73rc/b'])(
    'answers 404 for a file that the result does not name: %s',
    async (path) => {
      await withFile('src/a.html', 'x');
      const { status, json } = await api.call({ path: `${TASKS}/${TASK_ID}/files/${path}` });
      expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it('answers 404 while there is no result, and for a task that there is not', async () => {
    const { taskId } = await api.created();
    for (const id of [taskId, TASK_ID]) expect((await api.call({ path: `${TASKS}/${id}/files/a` })).status).toBe(404);
  });

  it.each(['../x', 'a/%2e%2e/b', '', '%2Fetc'])('refuses the path "%s"', async (path) => {
    const { status, json } = await api.call({ path: `${TASKS}/${TASK_ID}/files/${path}` });
    expect([status, json.error.details?.map((fault) => fault.path)]).toEqual([400, ['path']]);
  });
});
