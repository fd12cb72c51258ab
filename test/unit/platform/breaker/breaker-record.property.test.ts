import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BreakerRecord } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import { admission } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import { anyWishes, CONFIG, story } from '../../../support/breaker/wishes.ts';
import { DRILL, runs } from '../../../support/seeds.ts';

/** Holds for every step of every story of wishes. */
function always(check: (steps: ReturnType<typeof story>) => void): void {
  fc.assert(
    fc.property(anyWishes, (wishes) => check(story(wishes))),
    { numRuns: 10 * runs() },
  );
}

const turnsIn = (steps: ReturnType<typeof story>) =>
  steps.filter(({ before, after }) => after.version > before.version);

it('its version is the number of its turns, one a wish at most', DRILL, () => {
  always((steps) => {
    for (const { before, after } of steps) expect([0, 1]).toContain(after.version - before.version);
    expect(steps.at(-1)?.after.version).toBe(turnsIn(steps).length);
  });
});

it('its newest twenty turns are one behind the other, newest first, and time never steps back', DRILL, () => {
  always((steps) => {
    const all = turnsIn(steps).map(({ after }) => after.transitions[0]);
    const { state, transitions, version } = steps.at(-1)?.after as BreakerRecord;
    expect(transitions).toEqual(all.toReversed().slice(0, 20));
    expect(transitions[0]?.to ?? 'closed').toBe(state);
    for (const [index, { from, at }] of transitions.entries()) {
      const previous = transitions[index + 1];
      expect(at).toBeGreaterThanOrEqual(previous?.at ?? 0);
      if (index < version - 1) expect(from).toBe(previous?.to ?? from);
      else expect(from).toBe('closed');
    }
  });
});

it('each state holds what belongs to it, and nothing else', DRILL, () => {
  always((steps) => {
    for (const { after } of steps) {
      const { state, failures, successes, retryAt, probe } = after;
      if (state !== 'half-open') expect([probe, successes]).toEqual([undefined, 0]);
      if (state !== 'open') expect(retryAt).toBeUndefined();
      if (state === 'half-open') expect(failures).toEqual([]);
      if (state === 'closed') expect(failures.length).toBeLessThan(CONFIG.failureThreshold);
      expect(failures.length).toBeLessThanOrEqual(CONFIG.failureThreshold);
      expect(successes).toBeLessThan(CONFIG.successThreshold);
    }
  });
});

it('nobody gets the right to try while another has it, and only who has it ends it', DRILL, () => {
  let takenOver = 0;
  always((steps) => {
    for (const { wanted, before, after } of steps) {
      if (before.probe === undefined || before.probe.by === after.probe?.by) continue;
      const isByHand = wanted.kind === 'openedByHand' || wanted.kind === 'closedByHand';
      const isOver = before.probe.until <= wanted.now;
      expect(isByHand || wanted.by === before.probe.by || isOver).toBe(true);
      if (wanted.by !== before.probe.by && isOver) takenOver += 1;
    }
  });
  expect(takenOver).toBeGreaterThan(0);
});

it(
  'it closes by itself after as many calls in a row went well as it wants, and opens after as many failures',
  DRILL,
  () => {
    const seen = { closed: 0, opened: 0 };
    always((steps) => {
      for (const { wanted, before, after } of steps) {
        if (before.state === after.state) continue;
        if (wanted.kind === 'probeSucceeded') {
          expect(before.successes + 1).toBe(CONFIG.successThreshold);
          seen.closed += 1;
        }
        if (wanted.kind !== 'failed') continue;
        expect(after.failures).toHaveLength(CONFIG.failureThreshold);
        for (const at of after.failures) expect(at).toBeGreaterThan(wanted.now - CONFIG.monitoringPeriod);
        seen.opened += 1;
      }
    });
    expect(Math.min(seen.closed, seen.opened)).toBeGreaterThan(0);
  },
);

it('a claim is granted exactly where a call would be admitted to try', DRILL, () => {
  always((steps) => {
    for (const { wanted, before, after } of steps) {
      if (wanted.kind !== 'claimed') continue;
      const isOurs = after.probe?.by === wanted.by;
      expect(isOurs).toBe(admission(before, wanted.by, wanted.now) === 'probe');
    }
  });
});

it('what changes nothing gives back the very record, and no wish touches the one before', DRILL, () => {
  always((steps) => {
    for (const { before, after } of steps) {
      const frozen = structuredClone(before);
      expect(before).toEqual(frozen);
      if (after !== before) expect(after.revision).toBe(before.revision + 1);
    }
  });
});
