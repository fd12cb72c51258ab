import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { admission } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import type { Step } from '../../../support/breaker/wishes.ts';
import { anyWishes, CONFIG, story } from '../../../support/breaker/wishes.ts';
import { DRILL, runs } from '../../../support/seeds.ts';

/** Looks at every story of wishes, and says how often there was something to look at: none, and nothing was shown. */
function inEveryStory(look: (steps: Step[]) => number): void {
  let looked = 0;
  const property = fc.property(anyWishes, (wishes) => {
    looked += look(story(wishes));
  });
  void fc.assert(property, { numRuns: 5 * runs() });
  expect(looked).toBeGreaterThan(0);
}

/** The same for every step of those that are meant. */
function atEveryStep(isMeant: (step: Step) => boolean, look: (step: Step) => void): void {
  inEveryStory((steps) => {
    const meant = steps.filter(isMeant);
    for (const step of meant) look(step);
    return meant.length;
  });
}

const hasTurned = ({ before, after }: Step) => after.version !== before.version;
const isByHand = ({ wanted }: Step) => wanted.kind === 'openedByHand' || wanted.kind === 'closedByHand';

it('its version is the number of its turns, one a wish at most', DRILL, () => {
  inEveryStory((steps) => {
    const turns = steps.filter(hasTurned);
    for (const { before, after } of turns) expect(after.version).toBe(before.version + 1);
    expect(steps.at(-1)?.after.version).toBe(turns.length);
    return turns.length;
  });
});

it('its newest twenty turns are all that happened, newest first', DRILL, () => {
  inEveryStory((steps) => {
    const turns = steps.filter(hasTurned).map(({ after }) => after.transitions[0]);
    expect(steps.at(-1)?.after.transitions).toEqual(turns.toReversed().slice(0, 20));
    return turns.length;
  });
});

it('a turn leads on from the one before, to another time but never back', DRILL, () => {
  atEveryStep(hasTurned, ({ before, after }) => {
    const [turn, previous] = after.transitions;
    expect(turn).toMatchObject({ from: before.state, to: after.state });
    expect(previous?.to ?? 'closed').toBe(before.state);
    expect(turn?.at).toBeGreaterThanOrEqual(previous?.at ?? 0);
  });
});

it('a closed breaker holds failures below its threshold and nothing else', DRILL, () => {
  atEveryStep(
    ({ after }) => after.state === 'closed',
    ({ after }) => {
      expect(after.failures.length).toBeLessThan(CONFIG.failureThreshold);
      expect(after).toMatchObject({ successes: 0 });
      expect([after.retryAt, after.probe]).toEqual([undefined, undefined]);
    },
  );
});

it('an open breaker holds what opened it, and nobody tries', DRILL, () => {
  atEveryStep(
    ({ after }) => after.state === 'open',
    ({ after }) => {
      expect(after.failures.length).toBeLessThanOrEqual(CONFIG.failureThreshold);
      expect([after.probe, after.successes]).toEqual([undefined, 0]);
    },
  );
});

it('a half-open breaker holds fewer successes than would close it, and no failure', DRILL, () => {
  atEveryStep(
    ({ after }) => after.state === 'half-open',
    ({ after }) => {
      expect(after.successes).toBeLessThan(CONFIG.successThreshold);
      expect([after.failures, after.retryAt]).toEqual([[], undefined]);
    },
  );
});

it('nobody takes the right to try from another before its time is up', DRILL, () => {
  atEveryStep(
    ({ before, after }) =>
      before.probe !== undefined && after.probe !== undefined && after.probe.by !== before.probe.by,
    ({ wanted, before }) => {
      expect(wanted.kind).toBe('claimed');
      expect(wanted.now).toBeGreaterThanOrEqual(before.probe?.until ?? Infinity);
    },
  );
});

it('a trial ends by its holder, or by hand', DRILL, () => {
  atEveryStep(
    (step) => step.before.probe !== undefined && step.after.probe === undefined && !isByHand(step),
    ({ wanted, before }) => expect(wanted.by).toBe(before.probe?.by),
  );
});

it('a claim is granted exactly where a call would be let to try', DRILL, () => {
  atEveryStep(
    ({ wanted }) => wanted.kind === 'claimed',
    ({ wanted, before, after }) => {
      const isLet = admission(before, wanted.by, wanted.now) === 'probe';
      expect(after.probe?.by === wanted.by).toBe(isLet);
    },
  );
});

it('it closes by itself after as many calls in a row went well as it wants', DRILL, () => {
  atEveryStep(
    (step) => hasTurned(step) && step.after.state === 'closed' && !isByHand(step),
    ({ before }) => expect(before.successes + 1).toBe(CONFIG.successThreshold),
  );
});

it('it opens by itself after as many failures within the period as it bears', DRILL, () => {
  atEveryStep(
    (step) => hasTurned(step) && step.wanted.kind === 'failed',
    ({ wanted, after }) => {
      const counted = after.failures.filter((at) => at > wanted.now - CONFIG.monitoringPeriod);
      expect([after.state, counted.length]).toEqual(['open', CONFIG.failureThreshold]);
    },
  );
});
