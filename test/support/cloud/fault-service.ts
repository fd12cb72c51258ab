import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../../functions/contracts/env.ts';
import { ownBreaker, ownServiceStore } from '../../../functions/shared/platform/breaker/own-breaker.ts';
import { requireEnv } from '../../../functions/shared/platform/env.ts';
import { dynamoEventLog } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import type { Operation } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { ServiceRefusal } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { sagaServicePipeline } from '../../../functions/shared/platform/sagas/saga-service-pipeline.ts';
import { dynamoStepTokens } from '../../../functions/shared/platform/sagas/step-tokens.ts';

/**
 * A service for tests that does what its saga's data says, step by step, and writes down every call. It runs in a Lambda of the local
 * cloud behind the product's own pipeline, so that a step's function can really die.
 */
export type Behaviour = 'well' | 'refuses' | 'dies before' | 'dies in mid-work' | 'dies before it answers' | 'hangs';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const die = () => process.exit(1);

async function note(call: string, sagaId: string): Promise<void> {
  const at = `${new Date().toISOString()}#${process.hrtime.bigint()}`;
  await client.send(new PutCommand({ TableName: process.env.CALLS_TABLE, Item: { sagaId, at, call } }));
}

const step: Operation = {
  async run(input, { sagaId, stepId }) {
    const behaviour = (input.script as Record<string, Behaviour>)[stepId] ?? 'well';
    if (behaviour === 'dies before') die();
    if (behaviour === 'refuses') throw new ServiceRefusal({ code: 'REFUSED', message: `${stepId} does not want to.` });
    await note(`do ${stepId}`, sagaId);
    if (behaviour === 'dies in mid-work') die();
    if (behaviour === 'hangs') await new Promise((resolve) => setTimeout(resolve, 20_000));
    return { [stepId]: 'done' };
  },
  abandon: (_input, { sagaId, stepId }) => note(`clear ${stepId}`, sagaId),
};

const undo: Operation = {
  async run({ originalResult, sagaData }, { sagaId, stepId }) {
    const behaviour = (sagaData as { script: Record<string, Behaviour> }).script[`undo ${stepId}`] ?? 'well';
    await note(`undo ${stepId} ${JSON.stringify(originalResult)}`, sagaId);
    if (behaviour === 'refuses') throw new ServiceRefusal({ code: 'STUCK', message: `${stepId} stays.` });
    return {};
  },
};

/** Dies behind the append of a step's result: the log knows it, and the token is never answered. */
function deadly(log: EventLog): EventLog {
  return {
    load: (aggregateId) => log.load(aggregateId),
    async append(stream, commit) {
      const appended = await log.append(stream, commit);
      const started = stream.commits[0]?.events[0]?.data as { data: { script: Record<string, Behaviour> } };
      const [event] = commit.events as { type: string; data: { stepId: string } }[];
      const completed = event?.type === 'SagaStepCompleted' ? event.data.stepId : '';
      if (started.data.script[completed] === 'dies before it answers') die();
      return appended;
    },
  };
}

export const handler = sagaServicePipeline(
  { step, undo },
  {
    log: deadly(dynamoEventLog(client, requireEnv(ENV.eventLogTable))),
    tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
    breaker: ownBreaker(ownServiceStore(client)),
    checkHealth: async () => undefined,
  },
);
