import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../../functions/contracts/event.ts';
import type { ReadModel } from '../../../../functions/contracts/read-model.ts';
import type { NewEvent } from '../../../../functions/shared/kernel/decider.ts';
import { eventContract } from '../../../../functions/shared/kernel/decider.ts';
import type { Projection } from '../../../../functions/shared/kernel/projection.ts';
import type { EventLog } from '../../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../../functions/shared/platform/log/stored-event.ts';
import { projector } from '../../../../functions/shared/platform/read-models/projection.ts';
import type { ReadModelStore } from '../../../../functions/shared/platform/read-models/read-models.ts';
import { memoryEventLog } from '../../../support/log/memory-event-log.ts';
import { memoryReadModels } from '../../../support/read-models/memory-read-models.ts';

interface Said extends NewEvent {
  type: 'Said';
  data: { word: string };
}
interface Talk {
  id: string;
  words: string[];
}

const model: ReadModel<Talk> = { name: 'talks', generation: 1, idOf: ({ id }) => id, sortKeyOf: () => '', indexes: {} };
const talks: Projection<Said, Talk> = {
  events: eventContract<Said>({ Said: true }),
  project: (row, { aggregateId, data }) => ({ id: aggregateId, words: [...(row?.words ?? []), data.word] }),
};

/** A log with one word a commit, and the events that come of it. */
async function spoken(...words: string[]): Promise<{ log: EventLog; events: StoredEvent[]; loads: () => number }> {
  const log = memoryEventLog();
  let loads = 0;
  for (const [index, word] of words.entries()) {
    const metadata = { correlationId: 'c', traceId: 't' };
    const commit = { commitId: `cmd_${index}`, committedAt: '2026-08-19T10:11:12Z', metadata };
    await log.append(await log.load('talk'), { ...commit, events: [{ type: 'Said', data: { word } }] });
  }
  const { commits } = await log.load('talk');
  const counted: EventLog = {
    ...log,
    load: (id) => {
      loads += 1;
      return log.load(id);
    },
  };
  return { log: counted, events: commits.flatMap(storedEvents), loads: () => loads };
}

const at = (events: StoredEvent[], version: number) => events[version - 1] as StoredEvent;

describe('a delivered event', () => {
  it('is applied without the log where it is the next', async () => {
    const { log, events, loads } = await spoken('a', 'b', 'c');
    const rows = memoryReadModels(model);
    for (const event of events) await projector(talks, rows, log).apply(event);
    expect(await rows.get('talk')).toEqual({ row: { id: 'talk', words: ['a', 'b', 'c'] }, version: 3 });
    expect(loads()).toBe(0);
  });

  it.each([1, 2])('changes nothing where the row has seen it (%i of 2)', async (version) => {
    const { log, events } = await spoken('a', 'b');
    const rows = memoryReadModels(model);
    const { apply } = projector(talks, rows, log);
    for (const event of [...events, at(events, version)]) await apply(event);
    expect(await rows.get('talk')).toEqual({ row: { id: 'talk', words: ['a', 'b'] }, version: 2 });
  });

  it('brings what is missing before it, from the log', async () => {
    const { log, events, loads } = await spoken('a', 'b', 'c', 'd');
    const rows = memoryReadModels(model);
    const { apply } = projector(talks, rows, log);
    await apply(at(events, 1));
    await apply(at(events, 3));
    expect((await rows.get('talk'))?.row.words.slice(0, 3)).toEqual(['a', 'b', 'c']);
    expect(loads()).toBe(1);
    for (const event of events) await apply(event);
    expect((await rows.get('talk'))?.row.words).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is an error where the log does not have it, and nothing is written', async () => {
    const { events } = await spoken('a', 'b');
    const rows = memoryReadModels(model);
    await expect(projector(talks, rows, memoryEventLog()).apply(at(events, 2))).rejects.toThrow('not in the log');
    expect(await rows.get('talk')).toBeUndefined();
  });

  it('is an error where its name is unknown, never a skip', async () => {
    const { log, events } = await spoken('a');
    const event = at(events, 1);
    const odd = { ...event, data: { ...event.data, eventType: 'Sung' } };
    const rows = memoryReadModels(model);
    await expect(projector(talks, rows, log).apply(odd)).rejects.toThrow('No aggregate knows the event Sung.');
    expect(await rows.get('talk')).toBeUndefined();
  });
});

describe('a delivery that another one overtakes', () => {
  /** Before each of the first `times` puts, another delivery moves the row by one event. */
  function overtaken(rows: ReadModelStore<Talk>, others: (round: number) => Promise<void>, times: number) {
    let fired = 0;
    const contested: ReadModelStore<Talk> = {
      ...rows,
      async put(next, seen) {
        if (fired < times) {
          fired += 1;
          await others(fired);
        }
        return rows.put(next, seen);
      },
    };
    return { contested, fired: () => fired };
  }

  it('is made again on the row as it is now', async () => {
    const { log, events } = await spoken('a', 'b', 'c', 'd', 'e', 'f');
    const rows = memoryReadModels(model);
    const { apply: other } = projector(talks, rows, log);
    const { contested, fired } = overtaken(rows, (round) => other(at(events, round)), 4);
    await projector(talks, contested, { ...log, load: async () => partOf(log, 5) }).apply(at(events, 5));
    expect(fired()).toBe(4);
    expect(await rows.get('talk')).toEqual({ row: { id: 'talk', words: ['a', 'b', 'c', 'd', 'e'] }, version: 5 });
  });

  it('ends without a write where the other one has brought its event', async () => {
    const { log, events } = await spoken('a');
    const rows = memoryReadModels(model);
    const { contested, fired } = overtaken(rows, () => projector(talks, rows, log).apply(at(events, 1)), 1);
    await projector(talks, contested, log).apply(at(events, 1));
    expect(fired()).toBe(1);
    expect((await rows.get('talk'))?.row.words).toEqual(['a']);
  });

  it('fails after five of them, so that the queue sends it again later', async () => {
    const { log, events } = await spoken('a', 'b', 'c', 'd', 'e', 'f');
    const rows = memoryReadModels(model);
    const { apply: other } = projector(talks, rows, log);
    const { contested, fired } = overtaken(rows, (round) => other(at(events, round)), 5);
    await expect(projector(talks, contested, log).apply(at(events, 6))).rejects.toThrow(
      'The row of talk kept changing while it was brought forward.',
    );
    expect(fired()).toBe(5);
    expect((await rows.get('talk'))?.version).toBe(5);
  });
});

/** The log as it was when only so many events were stored. */
async function partOf(log: EventLog, version: number) {
  const stream = await log.load('talk');
  return { ...stream, version, commits: stream.commits.slice(0, version) };
}
