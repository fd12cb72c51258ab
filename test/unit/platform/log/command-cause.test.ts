import { beforeEach, describe, expect, it } from 'vitest';
import { commandHandler } from '../../../../functions/shared/platform/log/command-handler.ts';
import type { EventLog } from '../../../../functions/shared/platform/log/event-log.ts';
import { add, counter, NO_STORY, rivalCommit } from '../../../support/counter.ts';
import { memoryEventLog } from '../../../support/log/memory-event-log.ts';
import { rivalLog } from '../../../support/log/rival-log.ts';

let log: EventLog;
beforeEach(() => {
  log = memoryEventLog();
});

describe('a command that changes nothing', () => {
  it('appends nothing, and answers the aggregate as it stands', async () => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_1', 2));
    const before = await log.load('counter');
    const { result, history } = await handle(add('cmd_2', 0));
    expect(result).toEqual({ success: true, aggregateId: 'counter', version: 2, events: [] });
    expect(history.map(({ version }) => version)).toEqual([1, 2]);
    expect(await log.load('counter')).toEqual(before);
  });

  it('does so also where there is no aggregate yet, and it belongs to nothing', async () => {
    const { result, history } = await commandHandler(counter, log)(add('cmd_1', 0, NO_STORY));
    expect([result, history]).toEqual([{ success: true, aggregateId: 'counter', version: 0, events: [] }, []]);
  });

  it('leaves no trace: its id may come again and do something', async () => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_1', 0));
    expect((await handle(add('cmd_1', 1))).result.events).toEqual(['Added']);
  });
});

describe('a command that says not what it belongs to', () => {
  const metadataOf = async () => (await log.load('counter')).commits.map(({ metadata }) => metadata);

  it('continues the story of the last event, which is its cause', async () => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_1', 2, { correlationId: 'corr_1', causationId: 'req_1' }));
    await handle(add('cmd_2', 3, { correlationId: 'corr_2' }));
    await handle(add('cmd_3', 1, NO_STORY));
    await handle(add('cmd_4', 1, { ...NO_STORY, userId: 'key_1' }));
    expect((await metadataOf()).slice(2)).toEqual([
      { correlationId: 'corr_2', causationId: 'counter-5', traceId: expect.any(String) },
      { correlationId: 'corr_2', causationId: 'counter-6', userId: 'key_1', traceId: expect.any(String) },
    ]);
  });

  it('keeps a cause that it does say', async () => {
    const handle = commandHandler(counter, log);
    await handle(add('cmd_1'));
    await handle(add('cmd_2', 1, { ...NO_STORY, causationId: 'req_2' }));
    expect((await metadataOf())[1]).toMatchObject({ correlationId: 'corr_1', causationId: 'req_2' });
  });

  it('has another cause after another writer was first', async () => {
    await commandHandler(counter, log)(add('cmd_1'));
    const contested = rivalLog(log, rivalCommit, 1);
    await commandHandler(counter, contested)(add('cmd_2', 1, NO_STORY));
    expect(contested.fired()).toBe(1);
    expect((await metadataOf())[2]).toMatchObject({ correlationId: 'other', causationId: 'counter-2' });
  });

  it('cannot begin an aggregate', async () => {
    await expect(commandHandler(counter, log)(add('cmd_1', 1, NO_STORY))).rejects.toThrow(
      'Add begins an aggregate, so it must say what it belongs to.',
    );
    expect((await log.load('counter')).version).toBe(0);
  });
});
