import { describe, expect, it } from 'vitest';
import type { StateChange } from '../../../functions/projections/domain/projection-changes.ts';
import {
  beginRebuild,
  caughtUp,
  caughtUpTo,
  forget,
  giveUp,
  liveGenerations,
  pause,
  recentSince,
  removable,
  resume,
  runAgain,
  skip,
  statusOf,
  switchOver,
} from '../../../functions/projections/domain/projection-changes.ts';
import type { ProjectionState } from '../../../functions/shared/kernel/projection-state.ts';
import { INITIAL_STATE } from '../../../functions/shared/kernel/projection-state.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 7, 19, 12, minute)).toISOString();
const ROWS = { written: 4, changed: 1, added: 2, older: 0 };

/** The state after these changes, each of which has to apply. */
function stateAfter(...changes: StateChange[]): ProjectionState {
  return changes.reduce<ProjectionState>((state, change, index) => {
    const next = change(state);
    if (next === undefined) throw new Error(`Change ${index} does not apply.`);
    return next;
  }, INITIAL_STATE);
}

const paused = pause(at(1), 'operator');

describe('a pause', () => {
  it('says when and why it began', () => {
    expect(stateAfter(pause(at(1), 'errors'))).toEqual({ ...INITIAL_STATE, pause: { at: at(1), because: 'errors' } });
  });

  it('begins once: a second one changes neither its time nor its reason', () => {
    expect(pause(at(2), 'errors')(stateAfter(paused))).toBeUndefined();
  });

  it('ends by a resume, which is remembered, and there is none to end twice', () => {
    const resumed = stateAfter(paused, resume(at(2)));
    expect(resumed).toEqual({ ...INITIAL_STATE, resumedAt: at(2) });
    expect(resume(at(3))(resumed)).toBeUndefined();
    expect(resume(at(3))(INITIAL_STATE)).toBeUndefined();
  });
});

describe('what comes in a pause', () => {
  it.each([
    [['b'], 'b'],
    [['b', 'a', 'c'], 'a'],
    [['a', 'a'], 'a'],
  ])('%j is owed from %j on', (positions, lowest) => {
    expect(stateAfter(paused, ...positions.map(skip)).skippedFrom).toBe(lowest);
  });

  it('is owed on after the resume, and through the next pause', () => {
    expect(stateAfter(paused, skip('b'), resume(at(2))).skippedFrom).toBe('b');
    expect(stateAfter(paused, skip('b'), resume(at(2)), pause(at(3), 'errors'), skip('c')).skippedFrom).toBe('b');
  });

  it('is not skipped outside of one', () => {
    expect(skip('a')(INITIAL_STATE)).toBeUndefined();
    expect(skip('a')(stateAfter(paused, resume(at(2))))).toBeUndefined();
  });
});

describe('what was skipped', () => {
  const resumed = [paused, skip('b'), resume(at(2))];

  it('is applied up to a place, or wholly', () => {
    expect(stateAfter(...resumed, caughtUpTo(at(2), 'd'))).toEqual({
      ...INITIAL_STATE,
      resumedAt: at(2),
      skippedFrom: 'd',
    });
    expect(stateAfter(...resumed, caughtUp(at(2)))).toEqual({ ...INITIAL_STATE, resumedAt: at(2) });
  });

  it.each([
    ['in another pause', [...resumed, pause(at(3), 'operator')]],
    ['after another resume', [...resumed, pause(at(3), 'operator'), resume(at(4))]],
    ['before any resume', [paused, skip('b')]],
  ])('is owed still %s', (_when, changes) => {
    const state = stateAfter(...changes);
    expect([caughtUp(at(2))(state), caughtUpTo(at(2), 'd')(state)]).toEqual([undefined, undefined]);
  });
});

describe('a rebuild', () => {
  const begun = beginRebuild(at(5));
  const end = { generation: 2, rows: ROWS, endedAt: at(9) };

  it('fills a generation of its own, in its first run', () => {
    expect(stateAfter(begun)).toEqual({
      ...INITIAL_STATE,
      lastGeneration: 2,
      rebuild: { generation: 2, startedAt: at(5), run: 1 },
    });
  });

  it('is refused while one is under way', () => {
    expect(beginRebuild(at(6))(stateAfter(begun))).toBeUndefined();
  });

  it.each([
    ['switched', switchOver(end)],
    ['failed', giveUp(end, 'no room')],
  ])('never fills a generation again, also where the one before %s and is forgotten', (_how, ended) => {
    const again = stateAfter(begun, ended, forget(_how === 'switched' ? 1 : 2), beginRebuild(at(10)));
    expect(again).toMatchObject({ lastGeneration: 3, rebuild: { generation: 3, startedAt: at(10), run: 1 } });
  });

  it('runs again once for each run that ended too early', () => {
    const state = stateAfter(begun);
    const rebuild = state.rebuild as NonNullable<typeof state.rebuild>;
    const second = stateAfter(begun, runAgain(rebuild));
    expect(second.rebuild).toEqual({ ...rebuild, run: 2 });
    expect(runAgain(rebuild)(second)).toBeUndefined();
    expect(runAgain({ ...rebuild, generation: 3 })(state)).toBeUndefined();
    expect(runAgain(rebuild)(stateAfter(begun, switchOver(end)))).toBeUndefined();
  });

  it('ends with a switch: readers see its rows, and may read on in the old ones for an hour', () => {
    expect(stateAfter(begun, switchOver(end))).toEqual({
      generation: 2,
      lastGeneration: 2,
      retired: { 1: at(69) },
      lastRebuild: { generation: 2, startedAt: at(5), endedAt: at(9), rows: ROWS, outcome: 'switched' },
    });
  });

  it('ends without one: readers keep what they have, and its rows go an hour later', () => {
    expect(stateAfter(begun, giveUp(end, 'no room'))).toEqual({
      generation: 1,
      lastGeneration: 2,
      retired: { 2: at(69) },
      lastRebuild: {
        ...{ generation: 2, startedAt: at(5), endedAt: at(9), rows: ROWS },
        ...{ outcome: 'failed', error: 'no room' },
      },
    });
  });

  it.each([
    ['a switch', switchOver({ ...end, generation: 3 }), switchOver(end)],
    ['a failure', giveUp({ ...end, generation: 3 }, 'x'), giveUp(end, 'x')],
  ])('is not ended by %s of another one, nor twice', (_what, other, own) => {
    expect(other(stateAfter(begun))).toBeUndefined();
    expect(own(stateAfter(begun, switchOver(end)))).toBeUndefined();
    expect(own(stateAfter(begun, giveUp(end, 'x')))).toBeUndefined();
    expect(own(INITIAL_STATE)).toBeUndefined();
  });

  it('leaves a pause, and what is owed in it, as they are', () => {
    const owing = stateAfter(paused, skip('b'), begun, switchOver(end));
    expect(owing).toMatchObject({ pause: { at: at(1), because: 'operator' }, skippedFrom: 'b', generation: 2 });
  });

  it('keeps what was retired before it', () => {
    const second = { generation: 3, rows: ROWS, endedAt: at(10) };
    expect(stateAfter(begun, switchOver(end), beginRebuild(at(9)), switchOver(second)).retired).toEqual({
      1: at(69),
      2: at(70),
    });
  });
});

describe('generations', () => {
  const state: ProjectionState = { ...INITIAL_STATE, generation: 4, retired: { 2: at(3), 3: at(5) } };

  it('are removed when their time has come', () => {
    expect([at(2), at(3), at(4), at(5)].map((now) => removable(state, now))).toEqual([[], [2], [2], [2, 3]]);
    expect(removable(INITIAL_STATE, at(9))).toEqual([]);
  });

  it('are forgotten one by one, and once', () => {
    expect(forget(2)(state)).toEqual({ ...state, retired: { 3: at(5) } });
    expect(forget(4)(state)).toBeUndefined();
  });

  it('get live events newest first', () => {
    expect(liveGenerations(INITIAL_STATE)).toEqual([1]);
    expect(liveGenerations(stateAfter(beginRebuild(at(1))))).toEqual([2, 1]);
  });
});

describe('how a projection stands', () => {
  it.each([
    ['running', []],
    ['paused', [paused]],
    ['running', [paused, resume(at(2))]],
    ['rebuilding', [beginRebuild(at(2))]],
    ['rebuilding', [paused, beginRebuild(at(2))]],
  ] as const)('%s: %#', (status, changes) => {
    expect(statusOf(stateAfter(...changes))).toBe(status);
  });

  it.each([
    ['five minutes ago', undefined, at(55)],
    ['five minutes ago', at(54), at(55)],
    ['the last resume', at(58), at(58)],
  ])('errors count from %s on (%s)', (_from, resumedAt, since) => {
    expect(recentSince({ ...INITIAL_STATE, ...(resumedAt !== undefined && { resumedAt }) }, at(60))).toBe(since);
  });
});
