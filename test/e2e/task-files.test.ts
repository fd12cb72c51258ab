import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { endedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const api = new ApiClient(cloud.apiKey);

/** Sends a path just as it is written (a URL would be normalised first), and no Accept header, as many programs do. */
function rawGet(path: string): Promise<{ status: number; bytes: Buffer }> {
  const { hostname, port, pathname } = new URL(cloud.apiUrl);
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${cloud.apiKey}` };
    const call = request({ hostname, port, path: `${pathname}/api/v1${path}`, headers }, (response) => {
      response.toArray().then((chunks: Buffer[]) => {
        resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) });
      }, reject);
    });
    call.once('error', reject);
    call.end();
  });
}

describe('the files of a task', () => {
  let taskId: string;
  let file: { path: string; size: number; sha256: string } | undefined;
  beforeAll(async () => {
    const task = await newTask(api, { type: 'simple_task', description: 'For its file' }, newCorrelationId());
    ({ taskId } = task);
    file = (await endedTask(api, taskId)).result?.files[0];
  });

  it('come as they are to a caller that does not say what it accepts', async () => {
    const { status, bytes } = await rawGet(`/tasks/${taskId}/files/${file?.path}`);
    expect(status).toBe(200);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect({ path: file?.path, size: bytes.length, sha256 }).toEqual({
      path: 'report.md',
      size: file?.size,
      sha256: file?.sha256,
    });
  });

  it('are only those of the result', async () => {
    for (const path of ['other.md', 'REPORT.MD', 'report.md.bak', 'report', 'tasks/report.md']) {
      expectRefusal(await api.call(`/tasks/${taskId}/files/${path}`), 404, 'NOT_FOUND');
    }
  });

  it('are none while the task is at work', async () => {
    const task = await newTask(api, { type: 'simple_task', description: 'Not yet' }, newCorrelationId());
    expectRefusal(await api.call(`/tasks/${task.taskId}/files/report.md`), 404, 'NOT_FOUND');
  });

  it.each([
    '../report.md',
    '../../TASK/report.md',
    '..%2freport.md',
    '..%2F..%2FTASK%2Freport.md',
    '%2e%2e/report.md',
    '%2e%2e%2f%2e%2e%2ftasks%2fTASK%2freport.md',
    '%252e%252e%252freport.md',
    '..%252freport.md',
    'x/../report.md',
    'x%2f..%2freport.md',
    './report.md',
    '%2e/report.md',
    '..%5creport.md',
    '..\\report.md',
    'x\\..\\report.md',
    '/report.md',
    '%2freport.md',
    '//report.md',
    'report.md/',
    'report.md%00',
    'report.md%00.txt',
    '%00',
    '%2e%2e',
    '..',
    '.',
    '',
    'report.md%',
    '%zz',
    '%c0%ae%c0%ae%2freport.md',
    '/etc/passwd',
    '%2fetc%2fpasswd',
    '..%2f..%2f..%2f..%2fetc%2fpasswd',
    'x'.repeat(201),
  ])('are not reached by the path %s', async (path) => {
    const { status, bytes } = await rawGet(`/tasks/${taskId}/files/${path.replace('TASK', taskId)}`);
    expect(bytes.toString('utf8')).toMatch(/"code":"(NOT_FOUND|VALIDATION_ERROR)"/);
    expect([400, 404]).toContain(status);
  });
});
