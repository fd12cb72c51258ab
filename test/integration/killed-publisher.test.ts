import { expect, it } from 'vitest';
import type { StoredEvent } from '../../functions/contracts/event.ts';
import type { Commit } from '../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../functions/shared/platform/log/stored-event.ts';
import { waitFor } from '../../local/process/waiting.ts';
import type { PublisherCloud } from '../support/cloud/publisher-cloud.ts';
import { publisherCloud } from '../support/cloud/publisher-cloud.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';
import { isDrill } from '../support/seeds.ts';

const POINTS = [
  'before the batch is read',
  'before PutEvents',
  'after PutEvents',
  'before the batch is acknowledged',
] as const;
const KILLS_A_POINT = isDrill ? 3 : 1;
const TASKS_A_POINT = isDrill ? 25 : 5;
const LIMIT_MS = 60_000;

/** Tasks of three commits each, one after the other within a task. */
async function committed({ log }: PublisherCloud, point: number): Promise<Commit[]> {
  const tasks = Array.from({ length: TASKS_A_POINT }, async (_, index) => {
    const commits: Commit[] = [];
    for (const size of [1, 2, 1]) {
      const stream = await log.load(`task_${point}_${index}`);
      const events = Array.from({ length: size }, (__, at) => ({ type: 'TaskNoted', data: { at } }));
      const metadata = { correlationId: `corr_${index}`, traceId: 'trace' };
      const commitId = `cmd_${point}_${index}_${commits.length}`;
      const commit = await log.append(stream, { commitId, committedAt: new Date().toISOString(), events, metadata });
      if (commit === 'conflict') throw new Error('Nobody else writes here.');
      commits.push(commit);
    }
    return commits;
  });
  return (await Promise.all(tasks)).flat();
}

it(`publishes every event of ${POINTS.length * TASKS_A_POINT} tasks, though its process is killed at each of its points`, {
  timeout: POINTS.length * LIMIT_MS,
}, async () => {
  await using things = new ThrowAway('killed-publisher');
  const cloud = await publisherCloud(things, KILLS_A_POINT);
  const heard: StoredEvent[] = [];
  const commits: Commit[] = [];

  for (const [index, point] of POINTS.entries()) {
    cloud.killAt(point);
    commits.push(...(await committed(cloud, index)));
    const isMarked = async () => {
      heard.push(...(await cloud.heard()));
      const marks = await cloud.marks();
      return commits.every((one) => marks.get(`${one.aggregateId}-${one.version}`) === 'published') || undefined;
    };
    const marked = await waitFor(isMarked, { everyMs: 200, limitMs: LIMIT_MS });
    expect(marked, `all commits marked, with a process killed ${point}`).toBe(true);
    expect(cloud.kills().filter((one) => one === point)).toHaveLength(KILLS_A_POINT);
  }

  const all = commits.flatMap(storedEvents);
  const missing = async () => {
    heard.push(...(await cloud.heard()));
    const ids = new Set(heard.map(({ eventId }) => eventId));
    return all.every(({ eventId }) => ids.has(eventId)) || undefined;
  };
  expect(await waitFor(missing, { everyMs: 200, limitMs: LIMIT_MS }), 'every committed event is heard').toBe(true);

  const stored = new Map(all.map((event) => [event.eventId, event]));
  for (const { metadata, ...event } of heard) {
    const { metadata: original, ...committedEvent } = stored.get(event.eventId) as StoredEvent;
    expect(event, 'nothing is invented').toEqual(committedEvent);
    expect(metadata).toMatchObject(original);
  }
  // Killed behind PutEvents, the process sends them again: under the same ids, or the check above would have failed.
  expect(heard.length).toBeGreaterThan(all.length);
});
