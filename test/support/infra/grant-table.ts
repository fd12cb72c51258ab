const each = (actions: readonly string[], resource: string): string[] => actions.map((one) => `${one} ${resource}`);

/** What every function of ours has: its own log lines and its trace. X-Ray knows no resources. */
export const EVERY = [
  ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], 'own logs'),
  ...each(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*'),
];

/** What the event source needs to empty a queue, and the pipeline to delay a message. */
const CONSUME = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];

/** What every state machine has: log delivery and X-Ray know no resources. */
export const EVERY_MACHINE = [
  ...each(
    [
      ...['logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups'],
      ...['logs:DescribeResourcePolicies', 'logs:GetLogDelivery', 'logs:ListLogDeliveries'],
      ...['logs:PutResourcePolicy', 'logs:UpdateLogDelivery'],
    ],
    '*',
  ),
  ...each(['xray:GetSamplingRules', 'xray:GetSamplingTargets'], '*'),
  ...each(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*'),
];

const subscriber = (name: string): string[] => [
  ...EVERY,
  ...each(CONSUME, `${name}InboxQueue`),
  `sqs:SendMessage ${name}InboxDeadLettersQueue`,
];

/** The consumers of queues. */
const CONSUMERS = [
  ...[
    'ScaffoldAgent',
    'WorkSteps',
    'SweepLeases',
    'SweepEvents',
    'CancelledSaga',
    'InterruptedSaga',
    'StartSagas',
    'SweepSagas',
    'AgentsProjection',
    'SagasProjection',
    'TaskCountsProjection',
    'TasksProjection',
    'KeepProjections',
  ],
  ...[
    'TaskFollower',
    'TaskSagaStarter',
    'CountDeadLetters',
    'ContractTests',
    'SendWebhooks',
    'SweepWebhooks',
    'MatchedEvents',
    'KeepSubscriptions',
    'RequestTries',
    'SweepRequests',
  ],
];
const SERVICES = ['AgentService', 'StorageService', 'HttpService'];

const LOG_APPEND = each(['dynamodb:PutItem', 'dynamodb:Query'], 'EventLog');
const SEND_TASK = each(['states:SendTaskFailure', 'states:SendTaskSuccess'], '*');
const KEEP_TOKENS = each(['dynamodb:PutItem', 'dynamodb:UpdateItem'], 'StepTokens');
const ONCE = each(
  ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  'Idempotency',
);
const MAKE_MACHINES = [
  'states:StartExecution machines of the stage',
  ...each(['states:CreateStateMachine', 'states:UpdateStateMachine'], 'machines of users'),
  'iam:PassRole MachineRole',
];
const AGENT_ROWS = each(['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], 'Agents');
const CALL_SERVICES = each(
  ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  'Services',
);
const TELL = [
  ...each(['dynamodb:PutItem', 'dynamodb:UpdateItem'], 'Webhooks'),
  'sqs:SendMessage SendWebhooksInboxQueue',
];
const SHOW_DELIVERIES = [...TELL, 'dynamodb:Query Webhooks'];
const PATTERNS = 'events:TestEventPattern *';
const MASTER = 'secretsmanager:GetSecretValue WebhookMaster.Id';
const KEEP_SUBSCRIPTIONS = each(
  ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].map((name) => `dynamodb:${name}`),
  'Subscriptions',
);
const MAKE_TRIES = [
  ...each(['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], 'Requests'),
  ...TELL,
  ...CALL_SERVICES,
  'dynamodb:PutItem EventLog',
  'sqs:SendMessage RequestTriesInboxQueue',
];
const FIND_ROWS = [
  'dynamodb:BatchGetItem ReadModels',
  ...['index1', 'index2', 'index3', 'index4', 'list'].map((name) => `dynamodb:Query ReadModels/index/${name}`),
];
const LIST_ROWS = [...FIND_ROWS, 'dynamodb:GetItem Projections'];
const MOVE_ROWS = each(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], 'ReadModels');
const KEEP_STATES = each(
  ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  'Projections',
);
const READ_FEED = ['dynamodb:BatchGetItem EventLog', 'dynamodb:Query EventLog/index/byPosition'];
const KEEP_PROJECTIONS = 'sqs:SendMessage KeepProjectionsInboxQueue';
const projection = (name: string): string[] => [
  ...subscriber(name),
  'dynamodb:Query EventLog',
  ...MOVE_ROWS,
  ...KEEP_STATES,
  'dynamodb:DeleteItem Projections',
];
const WAKE_SCAFFOLD = 'sqs:SendMessage ScaffoldAgentInboxQueue';

/** What works under leases: the API for agents outside, and the built-in agent. */
const LEASES = [
  ...LOG_APPEND,
  ...AGENT_ROWS,
  ...each(['dynamodb:GetItem', 'dynamodb:Query'], 'Agents'),
  'dynamodb:Query Agents/index/open',
  ...each(['s3:GetObject', 's3:PutObject'], 'FilesBucket/staging/*'),
  'dynamodb:BatchWriteItem TaskLog',
  WAKE_SCAFFOLD,
];

/** By handler, what its function may do: no less and no more. */
export const GRANTS: Record<string, readonly string[]> = {
  'agents/handlers/agent-service.handler.ts': [
    ...EVERY,
    ...LOG_APPEND,
    ...KEEP_TOKENS,
    ...SEND_TASK,
    ...CALL_SERVICES,
    ...AGENT_ROWS,
    's3:DeleteObject FilesBucket/staging/*',
    's3:ListBucket FilesBucket/staging/*',
    WAKE_SCAFFOLD,
    'sqs:SendMessage AgentServiceLettersQueue',
  ],
  'agents/handlers/agents-api.handler.ts': [...EVERY, ...LEASES, 'dynamodb:Query Agents/index/list', ...ONCE],
  'agents/handlers/scaffold-agent.handler.ts': [...subscriber('ScaffoldAgent'), ...LEASES],
  'agents/handlers/sweep-leases.handler.ts': [
    ...subscriber('SweepLeases'),
    ...LOG_APPEND,
    ...each(['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], 'Agents'),
    'dynamodb:Query Agents/index/open',
    WAKE_SCAFFOLD,
  ],
  'agents/handlers/work-steps.handler.ts': [
    ...subscriber('WorkSteps'),
    ...LOG_APPEND,
    'dynamodb:GetItem StepTokens',
    ...SEND_TASK,
  ],
  'dead-letters/handlers/count-dead-letters.handler.ts': [
    ...subscriber('CountDeadLetters'),
    'dynamodb:Query DeadLetters/index/index4',
  ],
  'dead-letters/handlers/dead-letters-api.handler.ts': [
    ...EVERY,
    ...each(['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], 'DeadLetters'),
    ...['index1', 'index2', 'index3', 'index4', 'list'].map((name) => `dynamodb:Query DeadLetters/index/${name}`),
    'dynamodb:PutItem EventLog',
    's3:GetObject FilesBucket/dead-letters/*',
    ...CONSUMERS.flatMap((name) => each(['sqs:GetQueueUrl', 'sqs:SendMessage'], `${name}InboxQueue`)),
    ...SERVICES.map((name) => `lambda:InvokeFunction ${name}Function`),
  ],
  'dead-letters/handlers/record-dead-letters.handler.ts': [
    ...EVERY,
    ...[
      ...CONSUMERS.map((name) => `${name}InboxDeadLettersQueue`),
      ...SERVICES.map((name) => `${name}LettersQueue`),
      'PublisherDeadLettersQueue',
    ].flatMap((queue) => each(CONSUME, queue)),
    'dynamodb:PutItem DeadLetters',
    's3:PutObject FilesBucket/dead-letters/*',
  ],
  'events/handlers/events-api.handler.ts': [
    ...EVERY,
    ...LOG_APPEND,
    'dynamodb:Query EventLog/index/byPosition',
    'dynamodb:BatchGetItem EventLog',
    'dynamodb:GetItem PublicationMarks',
    ...ONCE,
  ],
  'events/handlers/sweep-events.handler.ts': [
    ...subscriber('SweepEvents'),
    'dynamodb:Query EventLog',
    'dynamodb:Query EventLog/index/byPosition',
    ...each(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], 'PublicationMarks'),
    'events:PutEvents Bus',
  ],
  'events/handlers/publish-events.handler.ts': [
    ...EVERY,
    ...each(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], 'EventLog.StreamArn'),
    'dynamodb:ListStreams *',
    'dynamodb:PutItem PublicationMarks',
    'events:PutEvents Bus',
    ...each(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], 'PublisherDeadLettersQueue'),
  ],
  'gateway/handlers/authorize.handler.ts': [...EVERY, 'dynamodb:GetItem ApiKeys'],
  'gateway/handlers/gateway-api.handler.ts': EVERY,
  'projections/handlers/agents-projection.handler.ts': projection('AgentsProjection'),
  'projections/handlers/keep-projections.handler.ts': [
    ...subscriber('KeepProjections'),
    'dynamodb:Query EventLog',
    ...READ_FEED,
    ...MOVE_ROWS,
    'dynamodb:BatchWriteItem ReadModels',
    'dynamodb:Query ReadModels/index/list',
    ...KEEP_STATES,
    'dynamodb:DeleteItem Projections',
    KEEP_PROJECTIONS,
    'states:StartExecution the rebuild machine',
    'states:DescribeExecution executions of rebuilds',
  ],
  'projections/handlers/projections-api.handler.ts': [
    ...EVERY,
    ...READ_FEED,
    ...FIND_ROWS,
    ...KEEP_STATES,
    ...['Agents', 'Sagas', 'TaskCounts', 'Tasks'].map((name) => `sqs:SendMessage ${name}ProjectionInboxQueue`),
    KEEP_PROJECTIONS,
  ],
  'projections/handlers/rebuild-projection.handler.ts': [
    ...EVERY,
    ...each(['dynamodb:Query', 'dynamodb:Scan'], 'EventLog'),
    ...MOVE_ROWS,
    ...KEEP_STATES,
  ],
  'projections/handlers/sagas-projection.handler.ts': projection('SagasProjection'),
  'projections/handlers/task-counts-projection.handler.ts': projection('TaskCountsProjection'),
  'projections/handlers/tasks-projection.handler.ts': projection('TasksProjection'),
  'requests/handlers/request-tries.handler.ts': [...subscriber('RequestTries'), ...MAKE_TRIES],
  'requests/handlers/requests-api.handler.ts': [
    ...EVERY,
    ...each(['dynamodb:GetItem', 'dynamodb:PutItem'], 'Requests'),
    ...each(['dynamodb:Query'], 'Requests/index/byStatus'),
    ...each(['dynamodb:Query'], 'Requests/index/list'),
    ...SHOW_DELIVERIES,
    'dynamodb:Query Services',
    ...ONCE,
    'sqs:SendMessage RequestTriesInboxQueue',
    'lambda:InvokeFunction RunRequestFunction',
  ],
  'requests/handlers/run-request.handler.ts': [...EVERY, ...MAKE_TRIES],
  'requests/handlers/sweep-requests.handler.ts': [
    ...subscriber('SweepRequests'),
    'dynamodb:Query Requests/index/due',
    'sqs:SendMessage RequestTriesInboxQueue',
  ],
  'sagas/handlers/cancelled-saga.handler.ts': [
    ...subscriber('CancelledSaga'),
    'states:StartExecution machines of the stage',
    'dynamodb:Query EventLog',
    'dynamodb:GetItem StepTokens',
    ...SEND_TASK,
  ],
  'sagas/handlers/close-saga.handler.ts': [...EVERY, ...LOG_APPEND],
  'sagas/handlers/interrupted-saga.handler.ts': [
    ...subscriber('InterruptedSaga'),
    ...LOG_APPEND,
    'states:StartExecution machines of the stage',
  ],
  'sagas/handlers/http-steps.handler.ts': [
    ...EVERY,
    ...LOG_APPEND,
    ...KEEP_TOKENS,
    ...SEND_TASK,
    ...CALL_SERVICES,
    'sqs:SendMessage HttpServiceLettersQueue',
    MASTER,
    'ssm:GetParameter the address of the API',
  ],
  'sagas/handlers/completions-api.handler.ts': [
    ...EVERY,
    ...LOG_APPEND,
    'dynamodb:GetItem StepTokens',
    ...SEND_TASK,
    MASTER,
  ],
  'sagas/handlers/sagas-api.handler.ts': [
    ...EVERY,
    ...LOG_APPEND,
    ...ONCE,
    ...each(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Query'], 'SagaDefinitions'),
    ...LIST_ROWS,
    'dynamodb:Query Services',
  ],
  'sagas/handlers/start-sagas.handler.ts': [
    ...subscriber('StartSagas'),
    'dynamodb:Query EventLog',
    'dynamodb:UpdateItem SagaDefinitions',
    ...MAKE_MACHINES,
  ],
  'sagas/handlers/sweep-sagas.handler.ts': [
    ...subscriber('SweepSagas'),
    ...LOG_APPEND,
    ...LIST_ROWS,
    ...each(['dynamodb:DeleteItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], 'SagaDefinitions'),
    ...MAKE_MACHINES,
    ...each(['states:DeleteStateMachine', 'states:ListExecutions'], 'machines of users'),
    'states:DescribeExecution executions of the stage',
    'dynamodb:GetItem StepTokens',
    ...SEND_TASK,
  ],
  'services/handlers/contract-tests.handler.ts': [
    ...subscriber('ContractTests'),
    ...each(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], 'Services'),
  ],
  'services/handlers/contracts-api.handler.ts': [
    ...EVERY,
    ...each(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], 'Services'),
    'sqs:SendMessage ContractTestsInboxQueue',
  ],
  'services/handlers/services-api.handler.ts': [
    ...EVERY,
    ...CALL_SERVICES,
    'dynamodb:DeleteItem Services',
    'dynamodb:Query Services/index/list',
    'dynamodb:PutItem EventLog',
    ...each(['lambda:InvokeFunction'], 'AgentServiceFunction'),
    ...each(['lambda:InvokeFunction'], 'StorageServiceFunction'),
  ],
  'storage/handlers/storage-service.handler.ts': [
    ...EVERY,
    ...LOG_APPEND,
    ...KEEP_TOKENS,
    ...SEND_TASK,
    ...CALL_SERVICES,
    ...each(['s3:DeleteObject', 's3:GetObject'], 'FilesBucket/staging/*'),
    ...each(['s3:DeleteObject', 's3:PutObject'], 'FilesBucket/tasks/*'),
    's3:ListBucket FilesBucket/staging/*',
    's3:ListBucket FilesBucket/tasks/*',
    'sqs:SendMessage StorageServiceLettersQueue',
  ],
  'subscriptions/handlers/keep-subscriptions.handler.ts': [
    ...subscriber('KeepSubscriptions'),
    'sqs:SendMessage KeepSubscriptionsInboxQueue',
    ...KEEP_SUBSCRIPTIONS,
    ...each(
      ['events:DeleteRule', 'events:PutRule', 'events:PutTargets', 'events:RemoveTargets'],
      'rules of subscriptions',
    ),
    ...each(['events:PutTargets', 'events:RemoveTargets'], 'the bus by its name'),
    'events:ListRules *',
    PATTERNS,
    'dynamodb:Query EventLog',
    'dynamodb:Query EventLog/index/byPosition',
    'dynamodb:BatchGetItem EventLog',
    ...SHOW_DELIVERIES,
    'dynamodb:Query Webhooks/index/due',
  ],
  'subscriptions/handlers/matched-events.handler.ts': [
    ...subscriber('MatchedEvents'),
    ...each(['dynamodb:GetItem', 'dynamodb:Query'], 'Subscriptions'),
    PATTERNS,
    ...SHOW_DELIVERIES,
  ],
  'subscriptions/handlers/subscriptions-api.handler.ts': [
    ...EVERY,
    ...KEEP_SUBSCRIPTIONS,
    PATTERNS,
    ...ONCE,
    'dynamodb:GetItem Webhooks',
    MASTER,
    'sqs:SendMessage KeepSubscriptionsInboxQueue',
  ],
  'tasks/handlers/follow-task.handler.ts': [...subscriber('TaskFollower'), ...LOG_APPEND, ...SHOW_DELIVERIES],
  'tasks/handlers/start-task-saga.handler.ts': [
    ...subscriber('TaskSagaStarter'),
    ...LOG_APPEND,
    'states:StartExecution TaskSagaMachine',
  ],
  'tasks/handlers/tasks-api.handler.ts': [
    ...EVERY,
    ...LOG_APPEND,
    ...LIST_ROWS,
    's3:GetObject FilesBucket/tasks/*',
    'dynamodb:Query TaskLog',
    'dynamodb:Query Services',
    ...each(['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], 'Webhooks'),
    ...ONCE,
  ],
  'webhooks/handlers/send-webhooks.handler.ts': [
    ...subscriber('SendWebhooks'),
    ...SHOW_DELIVERIES,
    'dynamodb:ConditionCheckItem Webhooks',
    'dynamodb:GetItem Webhooks',
    ...each(['dynamodb:GetItem', 'dynamodb:UpdateItem'], 'Subscriptions'),
    'sqs:SendMessage MatchedEventsInboxDeadLettersQueue',
    ...LOG_APPEND,
    MASTER,
  ],
  'webhooks/handlers/sweep-webhooks.handler.ts': [
    ...subscriber('SweepWebhooks'),
    'dynamodb:Query Webhooks/index/due',
    'sqs:SendMessage SendWebhooksInboxQueue',
  ],
  'webhooks/handlers/webhooks-api.handler.ts': [
    ...EVERY,
    ...each(['dynamodb:GetItem', 'dynamodb:PutItem'], 'Webhooks'),
    MASTER,
  ],
};
