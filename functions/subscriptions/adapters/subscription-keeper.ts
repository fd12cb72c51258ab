import { messageOf } from '../../shared/kernel/errors.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import { sideBySide } from '../../shared/platform/side-by-side.ts';
import type { Kick } from '../../shared/platform/webhooks/delivery-store.ts';
import { catchUpFrom, isLongResumed, isLost } from '../domain/rule-care.ts';
import type { SubscriptionRecord } from '../domain/subscription.ts';
import type { CatchUpPorts, Ruled } from './catch-up.ts';
import { catchUp } from './catch-up.ts';
import type { EventRules } from './event-rules.ts';
import type { SubscriptionStore } from './subscription-store.ts';

export interface KeeperPorts extends CatchUpPorts {
  subscriptions: SubscriptionStore;
  rules: EventRules;
  /** The streams that a subscription has put aside, page by page. */
  parked(subscriptionId: string): AsyncIterable<readonly string[]>;
  unpark(stream: string, subscriptionId: string): Promise<void>;
  kick: Kick;
  /** Has a subscription looked after once more, in so many seconds. */
  again(subscriptionId: string, delaySeconds: number): Promise<void>;
  /** In ms since 1970. */
  now(): number;
}

interface Round extends KeeperPorts {
  isOver(): boolean;
  /** When every rule was seen last; only where one is missed. */
  lastKept?: string | undefined;
}

/** Nothing new is begun after that; the function lives some time longer. */
const BUDGET_MS = 200_000;

/** Streams that are released together. */
const AT_ONCE = 10;

/** By then the log shows what was written up to the rule. */
const FIRST_LOOK_SECONDS = 7;

const logger = newLogger();
const isoOf = (ms: number): string => new Date(ms).toISOString();

/**
 * Brings the bus to what subscriptions want: rules that are missing are put, and what was missed meanwhile is brought from the log; what
 * has ended is removed; what was put aside goes out after a resumption. All of it may run beside itself, and be cut off anywhere.
 */
export function subscriptionKeeper(ports: KeeperPorts) {
  const begin = (): Round => {
    const end = ports.now() + BUDGET_MS;
    return { ...ports, isOver: () => ports.now() >= end };
  };
  return {
    async one(subscriptionId: string): Promise<void> {
      const subscription = await ports.subscriptions.find(subscriptionId);
      if (subscription === undefined) return;
      const round = begin();
      const ruled = await keep(round, subscription, subscription.ruleAt === undefined);
      if (ruled !== undefined) await bring(round, [ruled]);
    },
    all: () => keepAll(begin()),
  };
}

/** The rules first: one that is listed without a subscription has lost it. What could not be kept is told at the end. */
async function keepAll(round: Round): Promise<void> {
  const listedAt = round.now();
  const rules = await round.rules.all();
  const subscriptions = await round.subscriptions.all();
  const failures: unknown[] = [];
  const tried = <Result>(work: Promise<Result>) =>
    work.catch((error: unknown) => {
      failures.push(error);
      return undefined;
    });
  const known = new Set(subscriptions.map(({ subscriptionId }) => subscriptionId));
  for (const orphan of [...rules].filter((id) => !known.has(id))) await tried(round.rules.remove(orphan));
  const lastKept = await round.subscriptions.lastKept();
  const ruled: Ruled[] = [];
  for (const subscription of subscriptions) {
    if (round.isOver()) return tellFailures(failures, 'time ran out');
    const needsRule = lacksRule(subscription, rules, listedAt);
    const kept = await tried(keep({ ...round, lastKept }, subscription, needsRule));
    if (kept !== undefined) ruled.push(kept);
  }
  await tried(bring(round, ruled));
  tellFailures(failures);
  await round.subscriptions.kept(isoOf(listedAt));
}

function lacksRule(subscription: SubscriptionRecord, rules: ReadonlySet<string>, listedAt: number): boolean {
  const lost = isLost(subscription, rules, listedAt);
  if (lost) logger.error('A rule was lost', { subscriptionId: subscription.subscriptionId });
  return lost || subscription.ruleAt === undefined;
}

function tellFailures(failures: readonly unknown[], why?: string): void {
  if (failures.length > 0) throw new Error(`${failures.length} could not be kept; first: ${messageOf(failures[0])}`);
  if (why !== undefined) throw new Error(`Not all subscriptions were looked after: ${why}.`);
}

/** @returns it with its rule, if it has one */
async function keep(round: Round, subscription: SubscriptionRecord, needsRule: boolean): Promise<Ruled | undefined> {
  if (subscription.isEnding) {
    await end(round, subscription);
    return undefined;
  }
  await resume(round, subscription);
  return needsRule ? putRule(round, subscription) : (subscription as Ruled);
}

function bring(round: Round, ruled: readonly Ruled[]): Promise<void> {
  return catchUp(round, ruled, { now: isoOf(round.now()), isOver: round.isOver });
}

/** Looked at until some minutes after the resumption nothing is left: an index may be slow, and a backlog long. */
async function resume(round: Round, subscription: SubscriptionRecord): Promise<void> {
  const { subscriptionId, isPaused, resumedAt } = subscription;
  if (isPaused || resumedAt === undefined) return;
  const isLast = isLongResumed(subscription, round.now());
  const released = await release(round, subscription);
  if (isLast && released === 0)
    await round.subscriptions.change(subscriptionId, { resumedAt: undefined }, { resumedAt });
}

/** A subscription that ends meanwhile leaves no rule behind. */
async function putRule(round: Round, subscription: SubscriptionRecord): Promise<Ruled | undefined> {
  const { subscriptionId } = subscription;
  const from = catchUpFrom(subscription, round.lastKept);
  if (!(await noteLoss(round, subscription, from))) return undefined;
  await round.rules.put(subscription);
  const ruleAt = isoOf(round.now());
  const ruled = await round.subscriptions.change(subscriptionId, { ruleAt, catchUpFrom: from });
  if (ruled === undefined || ruled.isEnding) {
    await round.rules.remove(subscriptionId);
    return undefined;
  }
  await round.again(subscriptionId, FIRST_LOOK_SECONDS);
  return { ...ruled, ruleAt };
}

/**
 * Before a lost rule is put anew: whoever is cut off in mid-work leaves one that is listed and sends nowhere, and nobody would miss it.
 *
 * @returns `false` where somebody else has seen to it
 */
async function noteLoss(
  { subscriptions }: Round,
  { subscriptionId, ruleAt }: SubscriptionRecord,
  from: string,
): Promise<boolean> {
  if (ruleAt === undefined) return true;
  return (
    (await subscriptions.change(subscriptionId, { ruleAt: undefined, catchUpFrom: from }, { ruleAt })) !== undefined
  );
}

/** What was put aside is withdrawn by the sender, which knows of the end. The row goes last, so that a death leaves it to the next look. */
async function end(round: Round, subscription: SubscriptionRecord): Promise<void> {
  await round.rules.remove(subscription.subscriptionId);
  await release(round, subscription);
  if (round.isOver()) return;
  await round.subscriptions.remove(subscription.subscriptionId);
}

/** Of a long backlog, as much as there is time for. @returns how many */
async function release({ parked, unpark, kick, isOver }: Round, { subscriptionId }: SubscriptionRecord) {
  let released = 0;
  for await (const streams of parked(subscriptionId)) {
    await sideBySide(streams, AT_ONCE, async (stream) => {
      await unpark(stream, subscriptionId);
      await kick(stream);
    });
    released += streams.length;
    if (isOver()) break;
  }
  return released;
}
