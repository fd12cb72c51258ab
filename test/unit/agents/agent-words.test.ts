import { describe, expect, it } from 'vitest';
import { agentStatus } from '../../../functions/agents/domain/agent-status.ts';
import { bestFirst, preferring } from '../../../functions/agents/domain/claim-order.ts';
import { fileContentType } from '../../../functions/agents/domain/content-type.ts';
import { generated, planned, uploaded } from '../../../functions/agents/domain/scaffold-phases.ts';

describe("an agent's status", () => {
  const now = '2026-08-19T10:01:30.000Z';

  it.each([
    { seen: '10:01:30.000', status: 'online' },
    { seen: '10:00:00.000', status: 'online' },
    { seen: '09:59:59.999', status: 'offline' },
  ])('is $status where it was seen at $seen', ({ seen, status }) => {
    expect(agentStatus({ keyId: 'key_1', lastSeenAt: `2026-08-19T${seen}Z`, activeTasks: 0 }, now)).toBe(status);
  });

  it('is online for as long as it holds a task', () => {
    expect(agentStatus({ keyId: 'key_1', lastSeenAt: '2020-01-01T00:00:00.000Z', activeTasks: 1 }, now)).toBe('online');
  });

  it('is always online for one of ours', () => {
    const idle = { lastSeenAt: '2020-01-01T00:00:00.000Z', activeTasks: 0 };
    expect(agentStatus({ keyId: 'built-in', ...idle }, now)).toBe('online');
  });
});

describe('the order of works', () => {
  it('is by priority, then by age, then by id', () => {
    const work = (priority: number, createdAt: string, taskId: string) => ({ priority, createdAt, taskId });
    const order = [work(9, 'b', '3'), work(5, 'a', '2'), work(5, 'b', '1'), work(5, 'b', '2'), work(0, 'a', '1')];
    const given = [order[3], order[0], order[4], order[2], order[1]].filter((one) => one !== undefined);
    expect(bestFirst(given)).toEqual(order);
    expect(bestFirst([...order].reverse())).toEqual(order);
  });

  it.each([
    { preferred: 9, order: ['new', 'nine', 'five', 'zero'] },
    { preferred: 5, order: ['nine', 'new', 'five', 'zero'] },
    { preferred: 1, order: ['nine', 'five', 'new', 'zero'] },
    { preferred: 0, order: ['nine', 'five', 'new', 'zero'] },
  ])('puts a preferred work of priority $preferred behind the more urgent ones only', ({ preferred, order }) => {
    const work = (taskId: string, priority: number) => ({ taskId, priority, createdAt: 'a' });
    const works = [work('nine', 9), work('five', 5), work('zero', 0)];
    const chosen = work('new', preferred);
    for (const waiting of [works, bestFirst([...works, chosen])])
      expect(preferring(waiting, chosen).map(({ taskId }) => taskId)).toEqual(order);
  });
});

describe("a file's content type", () => {
  it.each(['text/plain', 'application/vnd.api+json', 'text/typescript; charset=utf-8', 'Text/HTML;charset=ISO-8859-1'])(
    'is taken as %j',
    (given) => {
      expect(fileContentType(given)).toBe(given);
    },
  );

  it.each([
    undefined,
    '',
    'text',
    'text/',
    'text/plain; boundary=x',
    'text/plain\r\nx-evil: 1',
    'text/plain\n',
    'text/plain, text/html',
    `text/${'x'.repeat(96)}`,
  ])('of %j is no type', (given) => {
    expect(fileContentType(given)).toBe('application/octet-stream');
  });
});

describe('the phases of the scaffold agent', () => {
  it('go up, and say what is done', () => {
    const phases = [planned('simple_task'), generated(1), ...[1, 2, 3].map((done) => uploaded(done, 3))];
    expect(phases.map(({ progress }) => progress)).toEqual([10, 40, 58, 77, 95]);
    expect(phases.map(({ line }) => line)).toEqual([
      'Took the simple_task task and planned it: from templates, without a model.',
      'Generated 1 file.',
      'Uploaded 1 of 3 files.',
      'Uploaded 2 of 3 files.',
      'Uploaded 3 of 3 files.',
    ]);
  });
});
