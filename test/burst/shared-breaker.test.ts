import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { breakerIdOf } from '../../functions/shared/platform/breaker/breaker-commit.ts';
import type { CallerReport } from '../support/breaker/breaker-caller.ts';
import { BreakerCloud } from '../support/breaker/breaker-cloud.ts';
import { historyOfAggregate } from '../support/cloud/cloud.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';
import { isDrill } from '../support/seeds.ts';
import { skipAloud } from '../support/skip-aloud.ts';

const ENVIRONMENTS = 20;
const config = { failureThreshold: 5, successThreshold: 2, timeout: 15_000, monitoringPeriod: 60_000 };
const reachedIn = (reports: CallerReport[]) => reports.flatMap(({ reached }) => reached);
const refusedIn = (reports: CallerReport[]) => reports.reduce((sum, { refused }) => sum + refused, 0);

it('twenty environments at once share one breaker: it opens once, one of all tries, and it closes for all', async (context) => {
  skipAloud(context, isDrill ? undefined : 'it takes all of the machine for a minute: npm run test:drills');
  await using things = new ThrowAway('breaker');
  const cloud = await BreakerCloud.create(things, config, ENVIRONMENTS);
  const turns = async () => (await historyOfAggregate(breakerIdOf(cloud.service))).map(({ type }) => type);

  const well = await cloud.call({ isWell: true, forMs: 500, gapMs: 200, callMs: 20 }, 6000);
  expect(new Set(well.map(({ environment }) => environment)).size).toBe(ENVIRONMENTS);
  expect(reachedIn(well).length).toBeGreaterThanOrEqual(ENVIRONMENTS);
  expect(refusedIn(well)).toBe(0);

  // Until everybody has heard of it: what is known may be 1.5 s old, and an answer late.
  const failing: CallerReport[] = [];
  let last: CallerReport[];
  do {
    last = await cloud.call({ isWell: false, forMs: 2000, gapMs: 300, callMs: 20 }, 500);
    failing.push(...last);
  } while (reachedIn(last).length > 0 && failing.length < 5 * ENVIRONMENTS);
  expect(reachedIn(failing).length).toBeGreaterThanOrEqual(config.failureThreshold);
  expect(reachedIn(failing).length).toBeLessThanOrEqual(config.failureThreshold + ENVIRONMENTS);
  expect(await turns()).toEqual(['BreakerOpened']);
  expect(reachedIn(last)).toEqual([]);
  expect(refusedIn(last)).toBeGreaterThanOrEqual(ENVIRONMENTS);

  const retryAt = await cloud.retryAt();
  expect(Date.now()).toBeLessThan(retryAt);
  await sleep(retryAt - Date.now());
  const trying = await cloud.call({ isWell: true, forMs: 6000, gapMs: 250, callMs: 500 }, 500);
  expect(await turns()).toEqual(['BreakerOpened', 'BreakerHalfOpened', 'BreakerClosed']);
  const [first, second, third] = reachedIn(trying).toSorted((a, b) => a.at - b.at);
  expect(second?.at).toBeGreaterThanOrEqual(first?.until ?? Infinity);
  expect(third?.at).toBeGreaterThanOrEqual(second?.until ?? Infinity);

  const closed = await cloud.call({ isWell: true, forMs: 500, gapMs: 200, callMs: 20 }, 2000);
  expect(refusedIn(closed)).toBe(0);
  expect(reachedIn(closed).length).toBeGreaterThanOrEqual(ENVIRONMENTS);
});
