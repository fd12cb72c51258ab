import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LeaseRecord } from '../../../functions/agents/adapters/agent-state.ts';
import { AgentWorld, callOf, LEASE_SECONDS } from '../../support/agents/memory-agent-world.ts';
import { assertInPlace, eventsOf, recovered, workOf } from '../../support/agents/work-places.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const ERROR = { code: 'BROKEN', message: 'It broke.' };
const ENDED = { code: 'CONFLICT', message: expect.stringMatching(/^The lease lease_\w+ has ended/) };

let world: AgentWorld;
let lease: LeaseRecord;
beforeEach(async () => {
  world = new AgentWorld();
  await world.register('agent_1');
  await world.offer();
  lease = await world.claimed('agent_1');
});

const stage = (path: string, text: string, of = lease) =>
  world.feature.leases.stage(callOf(of), { path, bytes: Buffer.from(text), contentType: 'text/plain' });
const complete = (files: { path: string; sha256: string }[] = [], summary = 'Done.') =>
  world.feature.leases.complete(callOf(lease), { summary, files });
const fail = (retryable: boolean) => world.feature.leases.fail(callOf(lease), { error: ERROR, retryable });
const beat = (beating: object = {}) => world.feature.leases.heartbeat(callOf(lease), beating);

/** Every call about a lease, as an agent could make it. */
const CALLS: Record<string, () => Promise<unknown>> = {
  heartbeat: () => beat(),
  stage: () => stage('a', 'a'),
  uploadUrl: () =>
    world.feature.leases.uploadUrl(callOf(lease), { path: 'a', size: 1, sha256: sha256('a'), contentType: 'a/b' }),
  complete: () => complete(),
  fail: () => fail(false),
};

describe('a heartbeat', () => {
  it('gives the lease its whole time again', async () => {
    world.pass(59);
    expect(await beat()).toEqual({ expiresAt: '2026-08-19T10:01:59.000Z', cancelled: false });
    world.pass(59);
    expect(await beat()).toMatchObject({ cancelled: false });
  });

  it.each([
    [{}, []],
    [{ progress: 0 }, [{ progress: 0 }]],
    [{ log: ['one', 'two'] }, [{ line: 'one' }, { line: 'two' }]],
    [{ progress: 40, log: ['one', 'two'] }, [{ line: 'one' }, { line: 'two', progress: 40 }]],
  ])('of %j is told as %j', async (beating, lines) => {
    await beat(beating);
    expect(world.lines).toEqual(lines.map((line) => ({ taskId: TASK_ID, timestamp: world.now(), ...line })));
  });

  it('tells the agent that its work was withdrawn, and it has its hands free', async () => {
    await world.release();
    expect(await beat({ log: ['still here'] })).toMatchObject({ cancelled: true });
    expect((await world.state.findAgent('agent_1'))?.activeTasks).toBe(0);
    world.pass(LEASE_SECONDS);
    await expect(beat()).rejects.toMatchObject(ENDED);
  });

  it('that comes too late tells nothing, and the task is back in its queue by then', async () => {
    world.pass(LEASE_SECONDS);
    await expect(beat({ progress: 1 })).rejects.toMatchObject(ENDED);
    expect(world.lines).toEqual([]);
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'waiting', returns: 1 });
    await assertInPlace(world, [TASK_ID]);
    expect(world.woken).toEqual([TASK_ID, TASK_ID]);
  });
});

describe.each(Object.entries(CALLS))('%s', (_name, call) => {
  it('of a lease that there is not is refused as unknown', async () => {
    lease = { ...lease, leaseId: 'lease_0' };
    await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'There is no lease lease_0.' });
  });

  it('of another key’s lease is refused as unknown', async () => {
    lease = { ...lease, keyId: 'key_2' };
    await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['complete', 'fail'])(`is refused after %s`, async (end) => {
    await CALLS[end]?.();
    const events = await eventsOf(world.log, TASK_ID);
    await expect(call()).rejects.toMatchObject(ENDED);
    expect(await eventsOf(world.log, TASK_ID)).toEqual(events);
  });

  it('is refused after the lease has run out', async () => {
    world.pass(LEASE_SECONDS);
    await expect(call()).rejects.toMatchObject(ENDED);
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'waiting' });
  });

  it('is refused after another agent has taken over', async () => {
    await recovered(world);
    await world.register('agent_2');
    const { leaseId } = await world.claimed('agent_2');
    await expect(call()).rejects.toMatchObject(ENDED);
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'leased', lease: { leaseId } });
  });
});

const { heartbeat: _, ...WITHOUT_HEARTBEAT } = CALLS;

it.each(Object.entries(WITHOUT_HEARTBEAT))('%s is refused after the work was withdrawn', async (_name, call) => {
  await world.release();
  await expect(call()).rejects.toMatchObject(ENDED);
  expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'withdrawn' });
});

describe('a completion', () => {
  it('ends the work with the files as they were uploaded', async () => {
    const file = await stage('src/a.ts', 'abc');
    expect(await complete([{ path: 'src/a.ts', sha256: sha256('abc') }], 'One file.')).toEqual({
      taskId: TASK_ID,
      status: 'completed',
    });
    const { leaseId, agentId } = lease;
    const data = { leaseId, agentId, summary: 'One file.', files: [file] };
    expect((await eventsOf(world.log, TASK_ID)).at(-1)).toMatchObject({ type: 'WorkDone', data });
    expect(file).toEqual({ path: 'src/a.ts', size: 3, sha256: sha256('abc'), contentType: 'text/plain' });
    await assertInPlace(world, [TASK_ID]);
  });

  it('takes just the files that it lists', async () => {
    await stage('kept', 'kept');
    await stage('dropped', 'dropped');
    await complete([{ path: 'kept', sha256: sha256('kept') }]);
    const [done] = (await eventsOf(world.log, TASK_ID)).slice(-1);
    expect(done?.data).toMatchObject({ files: [{ path: 'kept' }] });
  });

  it('names every fault of its list at once, and the lease goes on', async () => {
    await stage('a', 'a');
    await stage('b', 'other bytes');
    const files = [
      { path: 'a', sha256: sha256('a') },
      { path: 'missing', sha256: sha256('a') },
      { path: 'b', sha256: sha256('b') },
      { path: 'a', sha256: sha256('a') },
    ];
    const paths = await complete(files).catch(({ code, details }) => [code, details.map(({ path }: never) => path)]);
    expect(paths).toEqual(['VALIDATION_ERROR', ['files.3.path', 'files.1.path', 'files.2.sha256']]);
    expect(await complete([{ path: 'a', sha256: sha256('a') }])).toMatchObject({ status: 'completed' });
  });

  it('does not take a file that was uploaded under an earlier lease', async () => {
    await stage('a', 'a');
    await recovered(world);
    lease = await world.claimed('agent_1');
    await expect(complete([{ path: 'a', sha256: sha256('a') }])).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('looks at every one of many files', async () => {
    const files = Array.from({ length: 23 }, (_, index) => ({ path: `f${index}`, sha256: sha256(`${index}`) }));
    for (const [index, { path }] of files.slice(0, -1).entries()) await stage(path, `${index}`);
    await expect(complete(files)).rejects.toMatchObject({ details: [{ path: 'files.22.path' }] });
    await stage('f22', '22');
    expect(await complete(files)).toMatchObject({ status: 'completed' });
  });

  it('is refused where no event could carry its result', async () => {
    const files = Array.from({ length: 500 }, (_, index) => ({
      path: `${'\u0001'.repeat(100)}${index}`,
      text: `${index}`,
    }));
    const listed = [];
    for (const { path, text } of files) listed.push({ path, sha256: (await stage(path, text)).sha256 });
    await expect(complete(listed)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(await complete(listed.slice(0, 100))).toMatchObject({ status: 'completed' });
  });
});

describe('a failure', () => {
  it('ends the work with the agent’s own error', async () => {
    expect(await fail(false)).toEqual({ taskId: TASK_ID, status: 'failed' });
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'failed', error: ERROR });
    await assertInPlace(world, [TASK_ID]);
  });

  it('that another agent may mend returns the work twice, and ends it the third time', async () => {
    const ends = [await fail(true)];
    for (let at = 0; at < 2; at += 1) {
      lease = await world.claimed('agent_1');
      ends.push(await fail(true));
    }
    expect(ends.map(({ status }) => status)).toEqual(['returned', 'returned', 'failed']);
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'failed', error: ERROR });
    expect(world.woken).toEqual([TASK_ID, TASK_ID, TASK_ID]);
    await assertInPlace(world, [TASK_ID]);
  });
});

describe('three lost leases', () => {
  it('end the work as AGENT_LOST', async () => {
    await recovered(world);
    await world.claimed('agent_1');
    await recovered(world);
    await world.claimed('agent_1');
    await recovered(world);
    const message = 'The agent agent_1 was lost: it let its lease run out.';
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'failed', error: { code: 'AGENT_LOST', message } });
    expect(await world.claim('agent_1')).toBeUndefined();
    await assertInPlace(world, [TASK_ID]);
  });
});
