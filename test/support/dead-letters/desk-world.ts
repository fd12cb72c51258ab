import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { deadLetterEndpoints } from '../../../functions/dead-letters/adapters/dead-letter-endpoints.ts';
import { dynamoLetterStore } from '../../../functions/dead-letters/adapters/dynamo-letter-store.ts';
import type { RedrivePorts } from '../../../functions/dead-letters/adapters/redrive-order.ts';
import type { Destination } from '../../../functions/dead-letters/domain/destination.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from '../api/api-calls.ts';
import { apiCaller } from '../api/api-calls.ts';
import type { FaultLine } from '../faults.ts';
import { Died } from '../faults.ts';
import { letterRow } from './letter-samples.ts';
import type { letterTables } from './letter-table.ts';

export const LETTERS = '/api/v1/dead-letters';

export const CONSUMERS = {
  inboxes: ['task-follower', 'projection-tasks', 'webhooks', 'sweep-events'],
  services: ['storage-service', 'http-service'],
};

/** The desk on tables in memory, with a bucket and consumers that only note what comes. Its time, which is `Date`'s, stands still. */
export function deskWorld({ at, rows, items, commits, clear }: ReturnType<typeof letterTables>) {
  clear();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 7, 20, 12) });
  const objects = new Map<string, string>();
  const sent: { deadLetterId: string; to: Destination }[] = [];
  const world = {
    objects,
    sent,
    /** What happens when a message is sent, before it is taken. */
    sending: async (_to: Destination, _deadLetterId: string): Promise<void> => undefined,
    commits,
    items,
  };
  const ports: RedrivePorts = {
    letters: dynamoLetterStore(at),
    messages: { get: async (key) => objects.get(key) ?? Promise.reject(new Error('NoSuchKey')) },
    async send(to, { deadLetterId }) {
      await world.sending(to, deadLetterId);
      sent.push({ deadLetterId, to });
    },
    consumers: CONSUMERS,
    clock: () => Date.now(),
  };
  const recorded = async (fields: Partial<DeadLetterRow> = {}): Promise<DeadLetterRow> => {
    const row = letterRow(fields);
    await rows.put({ row, version: 1 }, 0);
    return row;
  };
  const caller = apiCaller(httpPipeline(deadLetterEndpoints(ports)));
  const call = (request: Partial<ApiCall>) =>
    caller({ scopes: 'admin', path: LETTERS, requestId: randomUUID(), ...request });
  return Object.assign(world, {
    ports,
    recorded,
    pass: (ms: number) => void vi.setSystemTime(Date.now() + ms),
    now: () => new Date().toISOString(),
    call,
    redrive: (body: object, more: Partial<ApiCall> = {}) =>
      call({ method: 'POST', path: `${LETTERS}/redrive`, body, ...more }),
    remove: (deadLetterId: string, more: Partial<ApiCall> = {}) =>
      call({ method: 'DELETE', path: `${LETTERS}/${deadLetterId}`, ...more }),
    async statusOf({ deadLetterId }: Pick<DeadLetterRow, 'deadLetterId'>) {
      return (await ports.letters.find([deadLetterId])).get(deadLetterId)?.row.status;
    },
    /** What went to inboxes, in order. */
    messages: () => sent.map(({ to }) => (to.to === 'inbox' ? to.message : JSON.stringify(to.call))),
  });
}

/** The same desk for one who dies at the fault, and does nothing more then, whoever catches the error. */
export function mortalDesk(ports: RedrivePorts, line: FaultLine): RedrivePorts {
  const letters = line.through(ports.letters, 'claim', 'release', 'close', 'find');
  const { send } = line.through({ send: ports.send }, 'send');
  const unlessDead = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
    return (...args: Args) => (line.fired ? Promise.reject(new Died('long since')) : call(...args));
  };
  const { claim, release, close, find } = letters;
  return {
    ...ports,
    send: unlessDead(send),
    letters: {
      ...letters,
      claim: unlessDead(claim),
      release: unlessDead(release),
      close: unlessDead(close),
      find: unlessDead(find),
    },
  };
}

export type DeskWorld = ReturnType<typeof deskWorld>;
