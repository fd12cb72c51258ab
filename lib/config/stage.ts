import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Everything in which one stage differs from another. Functions never ask where they run; they get these values. */
export interface StageConfig {
  readonly name: 'local' | 'dev' | 'prod';
  /** `RETAIN`: tables, bucket and logs outlive `cdk destroy`, and tables are protected from deletion by hand. */
  readonly dataRemoval: RemovalPolicy;
  /** Empties the files bucket on `cdk destroy`, which S3 would refuse otherwise. */
  readonly emptyBucketOnDestroy: boolean;
  /** Queues and bucket refuse plain HTTP; only a local cloud on the loopback has nothing else. */
  readonly requireTls: boolean;
  readonly logRetention: RetentionDays;
  /** How long EventBridge keeps the bus's events for a replay, in days; `undefined`: no archive (local clouds know none). */
  readonly archiveDays: number | undefined;
  /** Requests to the whole API: steady a second, and at once. Above it callers get 429. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** Whose pages a browser lets call the API: origins as browsers send them (scheme, host, port), each compared whole. */
  readonly corsOrigins: readonly string[];
  /** Hosts of services and callbacks that may be called over plain HTTP, in just this spelling; all others need https and a public address. */
  readonly plainHttpHosts: readonly string[];
  /** Seconds between the tries of a callback: the first delay comes after the first try, and after the last one it is given up. */
  readonly webhookDelays: readonly number[];
  /** How long a task waits for an agent before it fails with `NO_AGENT`. */
  readonly assignWithin: Duration;
  /** How long a lease lasts after its last heartbeat. */
  readonly lease: Duration;
  /** Tasks that the built-in agent works on at a time, so that a burst does not take all of the account's functions; `undefined`: no limit. */
  readonly scaffoldConcurrency: number | undefined;
  /** Functions that call servers of others at a time, which may let them wait: tries of asynchronous requests, callbacks; each of both. */
  readonly outgoingConcurrency: number | undefined;
  /** How long the built-in agent holds a task before its work, so that a person can watch it. */
  readonly scaffoldHoldMs: number;
  /** `caller`: assets are published with the caller's own credentials, where no bootstrap roles can be assumed. */
  readonly publishAssetsAs: 'bootstrap-role' | 'caller';
}

/** 5 s, 1 min, 5 min, half an hour, 2, 5, 10, 14 and 20 hours: ten tries over two days. */
const WEBHOOK_DELAYS = [5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000];

const STAGES: Record<StageConfig['name'], StageConfig> = {
  local: {
    name: 'local',
    dataRemoval: RemovalPolicy.DESTROY,
    emptyBucketOnDestroy: false,
    requireTls: false,
    logRetention: RetentionDays.ONE_DAY,
    archiveDays: undefined,
    throttle: { rate: 1000, burst: 2000 },
    // Where a development server listens by Vite's default.
    corsOrigins: ['http://localhost:5173', 'http://127.0.0.1:5173'],
    plainHttpHosts: ['127.0.0.1'],
    webhookDelays: [1, 2, 4, 8, 15],
    assignWithin: Duration.seconds(45),
    lease: Duration.seconds(60),
    scaffoldConcurrency: undefined,
    outgoingConcurrency: undefined,
    scaffoldHoldMs: 2000,
    publishAssetsAs: 'caller',
  },
  dev: {
    name: 'dev',
    dataRemoval: RemovalPolicy.DESTROY,
    emptyBucketOnDestroy: true,
    requireTls: true,
    logRetention: RetentionDays.ONE_WEEK,
    archiveDays: 7,
    throttle: { rate: 50, burst: 100 },
    corsOrigins: [],
    plainHttpHosts: [],
    webhookDelays: WEBHOOK_DELAYS,
    assignWithin: Duration.minutes(10),
    lease: Duration.seconds(60),
    scaffoldConcurrency: 10,
    outgoingConcurrency: 20,
    scaffoldHoldMs: 0,
    publishAssetsAs: 'bootstrap-role',
  },
  prod: {
    name: 'prod',
    dataRemoval: RemovalPolicy.RETAIN,
    emptyBucketOnDestroy: false,
    requireTls: true,
    logRetention: RetentionDays.THREE_MONTHS,
    archiveDays: 90,
    throttle: { rate: 500, burst: 1000 },
    corsOrigins: [],
    plainHttpHosts: [],
    webhookDelays: WEBHOOK_DELAYS,
    assignWithin: Duration.hours(12),
    lease: Duration.seconds(60),
    scaffoldConcurrency: 10,
    outgoingConcurrency: 100,
    scaffoldHoldMs: 0,
    publishAssetsAs: 'bootstrap-role',
  },
};

/** Throws one clear sentence where the context names no stage of ours. */
export function stageConfig(name: unknown): StageConfig {
  const stage = Object.values(STAGES).find((one) => one.name === name);
  if (stage === undefined) throw new Error(`Unknown stage "${String(name)}": use -c stage=local, dev or prod.`);
  return stage;
}
