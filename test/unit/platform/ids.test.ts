import { decodeTime } from 'ulid';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { taskRoutes } from '../../../functions/contracts/api/task.ts';
import { currentTraceId, derivedId, newId } from '../../../functions/shared/platform/ids.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('newId', () => {
  it('makes ids that the API takes for tasks', () => {
    expect(taskRoutes.getTask.params.safeParse({ taskId: newId('task') }).success).toBe(true);
    expect(newId('corr')).toMatch(/^corr_[0-9A-Z]{26}$/);
  });

  it('makes none twice', () => {
    const ids = Array.from({ length: 200 }, () => newId('task'));
    expect(new Set(ids).size).toBe(200);
  });

  it('makes ids that sort by the time they were made', () => {
    const times = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2027-06-01T00:00:00.000Z'];
    const ids = times.map((time) => {
      vi.setSystemTime(new Date(time));
      return newId('task');
    });
    expect([...ids].reverse().sort()).toEqual(ids);
  });
});

describe('derivedId', () => {
  it('makes ids that the API takes for tasks, whatever they are made of', () => {
    const ids = Array.from({ length: 500 }, (_, index) => derivedId('task', [String(index)]));
    for (const taskId of ids) {
      expect(taskRoutes.getTask.params.safeParse({ taskId }).success).toBe(true);
      expect(decodeTime(taskId.slice('task_'.length))).toBeGreaterThanOrEqual(0);
    }
    expect(new Set(ids).size).toBe(500);
  });

  it('is what it has always been: a call may be repeated after a deployment', () => {
    expect(derivedId('task', ['a', 'b'])).toBe('task_22GV0RVZTB8WND418X7TAGFNQX');
  });

  it('is another one for other parts, however they are joined, and for another prefix', () => {
    const parts = [['a', 'b'], ['ab'], ['a', 'b', ''], ['b', 'a'], ['a","b']];
    const ids = [...parts.map((one) => derivedId('task', one)), derivedId('agent', ['a', 'b'])];
    expect(new Set(ids.map((id) => id.split('_')[1])).size).toBe(ids.length);
  });
});

describe('currentTraceId', () => {
  it("is the invocation's own", () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1');
    expect(currentTraceId()).toBe('1-5759e988-bd862e3fe1be46a994272793');
  });

  it.each(['', 'Parent=1;Sampled=0'])('is a new one of the same form where X-Ray gave none ("%s")', (header) => {
    vi.setSystemTime(new Date('2026-08-19T10:11:12.345Z'));
    vi.stubEnv('_X_AMZN_TRACE_ID', header);
    expect(currentTraceId()).toMatch(/^1-6a858140-[0-9a-f]{24}$/);
    expect(currentTraceId()).not.toBe(currentTraceId());
  });
});
