import { beforeEach, describe, expect, it } from 'vitest';
import type { StagedFile } from '../../../functions/contracts/events/work-events.v1.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import type { RunContext } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { operationOf } from '../../../functions/shared/platform/sagas/step-call.ts';
import { storageService } from '../../../functions/storage/adapters/storage-service.ts';
import { memoryEventLog } from '../../support/log/memory-event-log.ts';
import { memoryFileStore } from '../../support/tasks/memory-file-store.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';
import { leased, offered, returned, storeOf, workDone, workFailed } from '../../support/tasks/task-stories.ts';

const waiting = new AbortController();
const context: RunContext = {
  sagaId: 'saga_1',
  stepId: 'store',
  correlationId: 'corr_1',
  run: 1,
  timeoutMs: 1000,
  signal: waiting.signal,
};
const input = { taskId: TASK_ID, taskType: 'code_generation' };
const OTHERS = [
  [`tasks/${TASK_ID}0/a`, 'x'],
  [`staging/${TASK_ID}0/lease_1/a`, 'x'],
] as const;

let log: EventLog;
let files: ReturnType<typeof memoryFileStore>;
beforeEach(() => {
  log = memoryEventLog();
  files = memoryFileStore();
  for (const [key, content] of OTHERS) files.objects.set(key, content);
});

/** Work that is done, with all its files staged but those named. */
async function done(paths: string[], missing: string[] = []): Promise<void> {
  const named = paths.map(
    (path): StagedFile => ({ path, size: 1, sha256: 'a'.repeat(64), contentType: 'text/plain', etag: '"a"' }),
  );
  const event = workDone('agent_2') as Extract<ReturnType<typeof workDone>, { type: 'WorkDone' }>;
  const leaseId = 'lease_2';
  for (const before of [offered, leased('agent_1'), returned('agent_1'), leased('agent_2')]) await storeOf(log, before);
  await storeOf(log, { ...event, data: { ...event.data, leaseId, files: named } });
  const staged = paths.filter((path) => !missing.includes(path));
  for (const path of staged) files.objects.set(`staging/${TASK_ID}/lease_2/${path}`, `${path} of the second`);
  files.objects.set(`staging/${TASK_ID}/lease_1/a`, 'a of the first, who was lost');
}

const service = () => storageService({ log, files });
const store = () => operationOf(service(), 'store').run(input, context);
const abandon = () => operationOf(service(), 'store').abandon?.(input, context);
const remove = () => operationOf(service(), 'remove').run({ originalResult: { stored: 2 }, sagaData: input }, context);
const stored = () => [...files.objects].filter(([key]) => key.startsWith(`tasks/${TASK_ID}/`));

describe('the storage service', () => {
  it("stores what the work's own history names, from the lease that did it", async () => {
    await done(['a', 'src/b c.ts']);
    expect(await store()).toEqual({ stored: 2 });
    expect(stored()).toEqual([
      [`tasks/${TASK_ID}/a`, 'a of the second'],
      [`tasks/${TASK_ID}/src/b c.ts`, 'src/b c.ts of the second'],
    ]);
  });

  it('takes over nothing more once nobody waits for it', async () => {
    const paths = Array.from({ length: 45 }, (_, index) => `file-${index}`);
    await done(paths);
    const over = new AbortController();
    const storing = operationOf(service(), 'store').run(input, { ...context, signal: over.signal });
    over.abort();
    await expect(storing).rejects.toThrow(/abort/i);
    expect(stored().length).toBeLessThan(paths.length);
  });

  it('does the same once more', async () => {
    await done(['a', 'b']);
    const first = await store();
    const after = [...files.objects];
    expect([await store(), [...files.objects]]).toEqual([first, after]);
  });

  it('stores 500 files, and does not open a socket for each at once', async () => {
    await done(Array.from({ length: 500 }, (_, index) => `file-${index}`));
    expect(await store()).toEqual({ stored: 500 });
    expect([stored().length, files.copies()]).toEqual([500, 20]);
  });

  it('stores nothing of work without files', async () => {
    await done([]);
    expect(await store()).toEqual({ stored: 0 });
  });

  it.each([
    ['is not there', []],
    ['is not done', [offered, leased('agent_1')]],
    ['has failed', [offered, leased('agent_1'), workFailed('agent_1')]],
  ])('fails where the work %s', async (_, work) => {
    for (const event of work) await storeOf(log, event);
    await expect(store()).rejects.toThrow(`The work of ${TASK_ID} is not done`);
  });

  it('takes back what a failed try has copied, with everything that was staged, and nothing of another task', async () => {
    await done(['a', 'c', 'b'], ['c']);
    await expect(store()).rejects.toThrow('Nothing is staged as c.');
    expect([stored().length, files.running()]).toEqual([2, 0]);
    await abandon();
    expect([...files.objects]).toEqual(OTHERS);
    await abandon();
    expect([...files.objects]).toEqual(OTHERS);
  });

  it('removes what it has stored, and again finds nothing', async () => {
    await done(['a', 'b']);
    await store();
    expect(await remove()).toEqual({});
    expect([...files.objects]).toEqual(OTHERS);
    expect(await remove()).toEqual({});
  });
});
