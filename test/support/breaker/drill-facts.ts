import { CONFIG, SERVICE } from './drill-plan.ts';
import type { DrillWorld, Reached } from './drill-world.ts';

/** From the store's first turn to open until its next to closed; for ever where there is none. */
function openPeriods({ turns }: DrillWorld): { from: number; until: number }[] {
  const periods: { from: number; until: number }[] = [];
  for (const { at, to } of turns) {
    const last = periods.at(-1);
    if (to === 'open' && (last === undefined || last.until < at)) periods.push({ from: at, until: Infinity });
    if (to === 'closed' && last !== undefined) last.until = at;
  }
  return periods;
}

/**
 * Calls that came to the service while its breaker was open, other than those that tried it. An environment that saw the service well
 * so often as a breaker wants is right to go on where the store could not be told.
 */
export function passedOpen(world: DrillWorld): Reached[] {
  return openPeriods(world).flatMap(({ from, until }) => {
    const since = world.reached.filter((one) => one.at > from && one.at < until);
    return since.filter(({ isTrial, environment, at }) => {
      const seen = since.filter((one) => one.environment === environment && one.isTrial && one.until <= at);
      return !isTrial && seen.filter(({ wentWell }) => wentWell).length < CONFIG.successThreshold;
    });
  });
}

/** How many calls tried the service at one moment with the store's leave. */
export function mostGrantedAtOnce({ reached }: DrillWorld): number {
  const granted = reached.filter(({ isTrial, isGranted }) => isTrial && isGranted);
  const at = (moment: number) => granted.filter((one) => one.at <= moment && moment < one.until).length;
  return Math.max(0, ...granted.map((one) => at(one.at)));
}

/** Calls that tried without the store's leave although nothing kept it from answering. */
export function unaskedTrials(world: DrillWorld): Reached[] {
  return trialsWithoutLeave(world).filter(({ at }) => !wasDown(world, at));
}

/** Calls that tried without the store's leave within the window of one that failed before, in the same environment. */
export function hastyTrials(world: DrillWorld): Reached[] {
  const trials = trialsWithoutLeave(world);
  return trials.filter(({ environment, at }) =>
    trials.some((one) => {
      const isBefore = one.environment === environment && !one.wentWell && one.until <= at;
      return isBefore && at < one.until + CONFIG.timeout;
    }),
  );
}

function trialsWithoutLeave({ reached }: DrillWorld): Reached[] {
  return reached.filter(({ isTrial, isGranted }) => isTrial && !isGranted);
}

/** When the question was asked, or on its way. */
function wasDown(world: DrillWorld, at: number): boolean {
  return [at - 60, at].some((moment) => world.weatherAt(moment) === 'down');
}

/** When calls were refused before the service was down, or when everybody had the time to hear that it is well. */
export function refusedWhileClosed(world: DrillWorld): number[] {
  const { plan, refused, now } = world;
  return refused.filter((at) => at < plan.down.from || at > now - 1000);
}

/** From the moment when both the service and the store are well. */
export function closedAfterMs(world: DrillWorld): number {
  return Math.max(0, (openPeriods(world).at(-1)?.until ?? Infinity) - world.plan.wellAt);
}

/** What in the log does not follow on what stands before it. */
export function historyFaults({ store }: DrillWorld): unknown[] {
  const commits = store.history(SERVICE);
  return commits.filter(({ version, events, committedAt }, index) => {
    const before = commits[index - 1];
    const { from } = (events[0]?.data ?? {}) as { from?: string };
    const isNext = version === index + 1 && committedAt >= (before?.committedAt ?? '');
    return !isNext || from !== STATE_AFTER[before?.events[0]?.type ?? 'BreakerClosed'];
  });
}

const STATE_AFTER: Record<string, string> = {
  BreakerOpened: 'open',
  BreakerHalfOpened: 'half-open',
  BreakerClosed: 'closed',
};
