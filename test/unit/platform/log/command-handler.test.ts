import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewEvent } from '../../../../functions/shared/kernel/decider.ts';
import { commandHandler } from '../../../../functions/shared/platform/log/command-handler.ts';
import type { EventLog } from '../../../../functions/shared/platform/log/event-log.ts';
import { add, counter, LIMIT, NOW, rivalCommit } from '../../../support/counter.ts';
import { losingLog } from '../../../support/log/lost-answers.ts';
import { memoryEventLog } from '../../../support/log/memory-event-log.ts';
import { rivalLog } from '../../../support/log/rival-log.ts';

const waits: number[] = [];
vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    waits.push(ms);
  },
}));

let log: EventLog;
beforeEach(() => {
  log = memoryEventLog();
  waits.length = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
});
const totals = async () => (await log.load('counter')).commits.flatMap((commit) => commit.events.map(totalOf));
const totalOf = ({ data }: NewEvent) => (data as { total: number }).total;

describe('a command that is accepted', () => {
  it('is one commit under its id, with all that its metadata says', async () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-67a-abc;Parent=1;Sampled=1');
    await commandHandler(counter, log)(add('cmd_1', 2, { causationId: 'req_1', userId: 'key_1' }));
    expect((await log.load('counter')).commits).toEqual([
      expect.objectContaining({
        commitId: 'cmd_1',
        committedAt: NOW,
        version: 1,
        lastVersion: 2,
        metadata: { correlationId: 'corr_1', causationId: 'req_1', userId: 'key_1', traceId: '1-67a-abc' },
      }),
    ]);
  });

  it('has no cause and no user where none is known', async () => {
    await commandHandler(counter, log)(add('cmd_1'));
    const [commit] = (await log.load('counter')).commits;
    expect(Object.keys(commit?.metadata ?? {}).sort()).toEqual(['correlationId', 'traceId']);
  });

  it('answers its version and events, and the history up to them', async () => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_1'));
    const { result, history } = await handle(add('cmd_2', 2));
    expect(result).toEqual({ success: true, aggregateId: 'counter', version: 3, events: ['Added', 'Added'] });
    expect(history.map(({ version, eventId, data }) => [version, eventId, data.total])).toEqual([
      [1, 'counter-1', 1],
      [2, 'counter-2', 2],
      [3, 'counter-3', 3],
    ]);
  });
});

describe('the same command id again', () => {
  it('gives the first answer and writes nothing, also after others have gone on', async () => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_0'));
    const first = await handle(add('cmd_1', 2));
    await handle(add('cmd_2'));
    const before = await log.load('counter');
    expect(await handle(add('cmd_1', 5))).toEqual(first);
    expect(await log.load('counter')).toEqual(before);
  });

  it('does so although its expected version is long past, and its decision would now be refused', async () => {
    const handle = commandHandler(counter, log);
    const first = await handle(add('cmd_1', LIMIT, { expectedVersion: 0 }));
    await expect(handle(add('cmd_2'))).rejects.toThrow('The count is full.');
    expect(await handle(add('cmd_1', LIMIT, { expectedVersion: 0 }))).toEqual(first);
  });

  it('is answered where the answer to the first was lost', async () => {
    const losing = losingLog(log, () => 0);
    const handle = commandHandler(counter, losing);
    await expect(handle(add('cmd_1', 3))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(losing.lost()).toBe(1);
    expect((await handle(add('cmd_1', 3))).result).toMatchObject({ version: 3 });
    expect(await totals()).toEqual([1, 2, 3]);
  });
});

describe('a command that is refused', () => {
  it('throws the refusal with its code, and nothing is written', async () => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_1', LIMIT));
    const refusal = { name: 'CONFLICT', code: 'CONFLICT', retryable: false, message: 'The count is full.' };
    await expect(handle(add('cmd_2'))).rejects.toMatchObject(refusal);
    expect((await log.load('counter')).commits).toHaveLength(1);
  });

  it.each([
    { expectedVersion: 0, standing: 1 },
    { expectedVersion: 2, standing: 1 },
  ])('expects version $expectedVersion of an aggregate at $standing', async ({ expectedVersion }) => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_1'));
    await expect(handle(add('cmd_2', 1, { expectedVersion }))).rejects.toMatchObject({
      code: 'CONFLICT',
      retryable: false,
      message: `counter is at version 1, not ${expectedVersion}.`,
    });
    expect((await log.load('counter')).version).toBe(1);
  });

  it.each([0, 1])('is accepted where the expected version %i is right', async (expectedVersion) => {
    const handle = commandHandler(counter, log);
    if (expectedVersion > 0) await handle(add('cmd_1'));
    expect((await handle(add('cmd_2', 1, { expectedVersion }))).result.version).toBe(expectedVersion + 1);
  });

  it('throws where the history holds an event that the aggregate does not know', async () => {
    const commit = { ...rivalCommit(0), events: [{ type: 'Forgotten', data: {} }] };
    await log.append(await log.load('counter'), commit);
    await expect(commandHandler(counter, log)(add('cmd_1'))).rejects.toThrow('No aggregate knows the event Forgotten.');
  });
});

describe('a command that meets another writer', () => {
  it.each([1, 2, 3])('is decided again on the new state, %i times', async (times) => {
    const contested = rivalLog(log, rivalCommit, times);
    const { result } = await commandHandler(counter, contested)(add('cmd_1', 2));
    expect(contested.fired()).toBe(times);
    expect(waits).toHaveLength(times);
    expect(result.version).toBe(times + 2);
    expect((await totals()).slice(-2)).toEqual([10 * times + 1, 10 * times + 2]);
  });

  it('waits a random time that grows, so that writers do not meet again', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    await commandHandler(counter, rivalLog(log, rivalCommit, 3))(add('cmd_1'));
    random.mockRestore();
    expect(waits).toEqual([50, 100, 200]);
  });

  it('gives up after three more tries, with an error that may be tried again', async () => {
    const contested = rivalLog(log, rivalCommit, Number.POSITIVE_INFINITY);
    await expect(commandHandler(counter, contested)(add('cmd_1'))).rejects.toMatchObject({
      code: 'CONFLICT',
      retryable: true,
      message: 'counter kept changing while Add was decided; try again.',
    });
    expect(contested.fired()).toBe(4);
    expect((await log.load('counter')).commits.map((commit) => commit.commitId)).not.toContain('cmd_1');
  });

  it('is refused where the new state refuses it', async () => {
    const contested = rivalLog(log, (round) => rivalCommit(round, LIMIT), 1);
    await expect(commandHandler(counter, contested)(add('cmd_1'))).rejects.toThrow('The count is full.');
    expect(contested.fired()).toBe(1);
  });

  it('is refused where the new version is not the expected one', async () => {
    const contested = rivalLog(log, rivalCommit, 1);
    const command = add('cmd_1', 1, { expectedVersion: 0 });
    await expect(commandHandler(counter, contested)(command)).rejects.toThrow('counter is at version 1, not 0.');
    expect(contested.fired()).toBe(1);
  });
});
