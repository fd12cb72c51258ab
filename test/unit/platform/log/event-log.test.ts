import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../../functions/contracts/event-names.ts';
import { commitBehind } from '../../../../functions/shared/platform/log/event-log.ts';
import { eventLogContract } from '../../../support/log/event-log-contract.ts';
import { losingLog } from '../../../support/log/lost-answers.ts';
import { memoryEventLog } from '../../../support/log/memory-event-log.ts';
import { runs } from '../../../support/seeds.ts';

describe('the log in memory', () => {
  eventLogContract({
    open: async () => memoryEventLog(),
    openLosing: async (random) => {
      const log = losingLog(memoryEventLog(), random);
      return { log, lost: log.lost, seen: true };
    },
    drills: runs() / 10,
  });
});

describe('a commit behind a stream', () => {
  const commit = { commitId: 'c', events: [{ type: 'A', data: {} }], metadata: { correlationId: 'c', traceId: 't' } };
  const at = (committedAt: string) =>
    commitBehind({ aggregateId: 'task_1', version: 4, commits: [] }, { ...commit, committedAt });

  it('takes the versions right behind it', () => {
    expect(at('2026-01-01T00:00:00.000Z')).toMatchObject({ aggregateId: 'task_1', version: 5, lastVersion: 5 });
  });

  it('has a position that sorts by the time of its command', () => {
    const times = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2026-12-31T23:59:59.999Z'];
    const positions = times.map((time) => at(time).position);
    expect([...positions].reverse().sort()).toEqual(positions);
  });

  it('names its events so that webhook ids can bear them', () => {
    expect(eventIdOf('task_1', 12)).toBe('task_1-12');
    expect(eventIdOf('task_1', 12)).not.toContain('.');
  });
});
