/** What one unit of something costs, and who says so. */
export interface Price {
  /** The bill's line, as a reader would look for it. */
  service: string;
  usd: number;
  /** For so many units. */
  per: number;
  unit: string;
  /** The page that lists it. */
  source: string;
  /** The day on which the figure was compared with a stored copy of a public page, `YYYY-MM-DD`. */
  on: string;
  /** `study`: taken from the project's study of costs, which names its pages; `by hand`: looked up for this table. No bill confirms either. */
  checked: 'study' | 'by hand';
}

const MILLION = 1_000_000;
const STUDY = { on: '2026-11-22', checked: 'study' } as const;
const BY_HAND = { on: '2026-11-23', checked: 'by hand' } as const;

const DYNAMO = { service: 'DynamoDB', source: 'Amazon DynamoDB pricing, on-demand capacity' };
const LAMBDA = { service: 'Lambda', source: 'AWS Lambda pricing' };
const S3 = { service: 'S3', source: 'Amazon S3 pricing, S3 Standard, requests' };
const CLOUDWATCH = { service: 'CloudWatch', source: 'Amazon CloudWatch pricing' };
const KMS = { service: 'KMS', source: 'AWS Key Management Service pricing' };
const TEMPORAL = { service: 'Temporal Cloud', source: 'Temporal Cloud pricing (docs.temporal.io/cloud/pricing)' };
const TRIGGER = { service: 'Trigger.dev', source: 'Trigger.dev pricing' };

/**
 * List prices in dollars: AWS in us-east-1, first tier, without free tiers and discounts; engines on their smallest paid plan. Change a
 * figure here and run `npm run bench -- --write`: nothing else holds a price.
 */
export const PRICES = {
  writeUnit: { ...DYNAMO, ...STUDY, usd: 0.625, per: MILLION, unit: 'write request units' },
  readUnit: { ...DYNAMO, ...STUDY, usd: 0.125, per: MILLION, unit: 'read request units' },
  tableGb: {
    ...BY_HAND,
    service: 'DynamoDB',
    source: 'Amazon DynamoDB pricing, data storage, standard class',
    usd: 0.25,
    per: 1,
    unit: 'GB-months',
  },
  recoveryGb: {
    ...BY_HAND,
    service: 'DynamoDB',
    source: 'Amazon DynamoDB pricing, continuous backups (PITR)',
    usd: 0.2,
    per: 1,
    unit: 'GB-months',
  },
  event: {
    ...STUDY,
    service: 'EventBridge',
    source: 'Amazon EventBridge pricing, custom events',
    usd: 1,
    per: MILLION,
    unit: 'events of 64 KB',
  },
  queueRequest: {
    ...STUDY,
    service: 'SQS',
    source: 'Amazon SQS pricing, standard queues',
    usd: 0.4,
    per: MILLION,
    unit: 'requests of 64 KB',
  },
  transition: {
    ...STUDY,
    service: 'Step Functions',
    source: 'AWS Step Functions pricing, standard workflows',
    usd: 25,
    per: MILLION,
    unit: 'state transitions',
  },
  call: { ...LAMBDA, ...STUDY, usd: 0.2, per: MILLION, unit: 'calls' },
  computeSecond: { ...LAMBDA, ...STUDY, usd: 13.3334, per: MILLION, unit: 'GB-seconds on arm64' },
  apiRequest: {
    ...BY_HAND,
    service: 'API Gateway',
    source: 'Amazon API Gateway pricing, REST APIs',
    usd: 3.5,
    per: MILLION,
    unit: 'requests',
  },
  filePut: { ...S3, ...BY_HAND, usd: 5, per: MILLION, unit: 'PUT, COPY, POST and LIST requests' },
  fileGet: { ...S3, ...BY_HAND, usd: 0.4, per: MILLION, unit: 'GET and other requests' },
  logGb: { ...CLOUDWATCH, ...BY_HAND, usd: 0.5, per: 1, unit: 'GB of logs taken in' },
  metric: { ...CLOUDWATCH, ...BY_HAND, usd: 0.3, per: 1, unit: 'custom metrics a month' },
  alarm: { ...CLOUDWATCH, ...BY_HAND, usd: 0.1, per: 1, unit: 'metrics that standard alarms watch, a month' },
  compositeAlarm: { ...CLOUDWATCH, ...BY_HAND, usd: 0.5, per: 1, unit: 'composite alarms a month' },
  dashboard: { ...CLOUDWATCH, ...BY_HAND, usd: 3, per: 1, unit: 'dashboards a month' },
  trace: {
    ...BY_HAND,
    service: 'X-Ray',
    source: 'AWS X-Ray pricing, traces recorded',
    usd: 5,
    per: MILLION,
    unit: 'traces recorded',
  },
  key: { ...KMS, ...BY_HAND, usd: 1, per: 1, unit: 'keys of our own a month' },
  keyRequest: { ...KMS, ...BY_HAND, usd: 0.03, per: 10_000, unit: 'requests' },
  secret: {
    ...BY_HAND,
    service: 'Secrets Manager',
    source: 'AWS Secrets Manager pricing',
    usd: 0.4,
    per: 1,
    unit: 'secrets a month',
  },
  temporalAction: { ...TEMPORAL, ...STUDY, usd: 50, per: MILLION, unit: 'actions, Developer plan' },
  temporalActiveHour: { ...TEMPORAL, ...STUDY, usd: 0.042, per: 1, unit: 'GB-hours of active storage' },
  temporalRetainedHour: { ...TEMPORAL, ...STUDY, usd: 0.00105, per: 1, unit: 'GB-hours of retained storage' },
  temporalPlan: { ...TEMPORAL, ...STUDY, usd: 0.1, per: 1, unit: 'dollars of usage, Developer plan' },
  triggerRun: { ...TRIGGER, ...STUDY, usd: 25, per: MILLION, unit: 'runs' },
  triggerSecond: { ...TRIGGER, ...STUDY, usd: 16.9, per: MILLION, unit: 'seconds on the smallest machine' },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
