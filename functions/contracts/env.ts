/**
 * The names of every environment variable that infrastructure sets and functions read. Both sides use these constants, so a
 * variable cannot be spelled two ways.
 */
export const ENV = {
  stage: 'MAOS_STAGE',
  eventLogTable: 'MAOS_EVENT_LOG_TABLE',
  marksTable: 'MAOS_MARKS_TABLE',
  readModelsTable: 'MAOS_READ_MODELS_TABLE',
  keysTable: 'MAOS_KEYS_TABLE',
  idempotencyTable: 'MAOS_IDEMPOTENCY_TABLE',
  corsOrigins: 'MAOS_CORS_ORIGINS',
  filesBucket: 'MAOS_FILES_BUCKET',
  eventBus: 'MAOS_EVENT_BUS',
  deadLetterQueue: 'MAOS_DEAD_LETTER_QUEUE_URL',
  deadLettersTable: 'MAOS_DEAD_LETTERS_TABLE',
  deadLetterQueues: 'MAOS_DEAD_LETTER_QUEUES',
  sourceQueue: 'MAOS_SOURCE_QUEUE_URL',
  subscriptionId: 'MAOS_SUBSCRIPTION_ID',
  maxAttempts: 'MAOS_MAX_ATTEMPTS',
  taskSaga: 'MAOS_TASK_SAGA',
  taskMachine: 'MAOS_TASK_MACHINE_ARN',
  sagaMachines: 'MAOS_SAGA_MACHINES_ARN',
  stepTokensTable: 'MAOS_STEP_TOKENS_TABLE',
  agentsTable: 'MAOS_AGENTS_TABLE',
  servicesTable: 'MAOS_SERVICES_TABLE',
  agentServiceArn: 'MAOS_AGENT_SERVICE_ARN',
  storageServiceArn: 'MAOS_STORAGE_SERVICE_ARN',
  contractTestsQueue: 'MAOS_CONTRACT_TESTS_QUEUE_URL',
  plainHttpHosts: 'MAOS_PLAIN_HTTP_HOSTS',
  requestsTable: 'MAOS_REQUESTS_TABLE',
  requestsQueue: 'MAOS_REQUESTS_QUEUE_URL',
  requestRunner: 'MAOS_REQUEST_RUNNER_ARN',
  webhooksTable: 'MAOS_WEBHOOKS_TABLE',
  webhooksQueue: 'MAOS_WEBHOOKS_QUEUE_URL',
  webhookMaster: 'MAOS_WEBHOOK_MASTER_ARN',
  webhookDelays: 'MAOS_WEBHOOK_DELAYS_SECONDS',
  taskLogTable: 'MAOS_TASK_LOG_TABLE',
  leaseSeconds: 'MAOS_LEASE_SECONDS',
  scaffoldQueue: 'MAOS_SCAFFOLD_QUEUE_URL',
  scaffoldHoldMs: 'MAOS_SCAFFOLD_HOLD_MS',
} as const;

export type EnvName = (typeof ENV)[keyof typeof ENV];
