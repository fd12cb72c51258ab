import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetExecutionHistoryCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../../functions/contracts/env.ts';
import { compileSaga } from '../../../functions/contracts/sagas/compile-saga.ts';
import type { SagaDefinition } from '../../../functions/contracts/sagas/saga-definition.ts';
import { output } from './cloud.ts';
import type { SmallQueue } from './small-cloud.ts';
import { messagesIn, smallMachine, smallQueue, smallTable } from './small-cloud.ts';
import { smallLambda, smallRole } from './small-lambda.ts';
import { ThrowAway } from './throw-away.ts';

const dynamo = new DynamoDBClient({});
const sfn = new SFNClient({});

interface FaultService {
  serviceArn: string;
  roleArn: string;
  letters: SmallQueue;
}

/** A service that can die, and machines that call it, on the local cloud beside the deployed stacks. */
export class FaultCloud {
  readonly #things: ThrowAway;
  readonly #service: FaultService;

  private constructor(things: ThrowAway, service: FaultService) {
    this.#things = things;
    this.#service = service;
  }

  static async create(): Promise<FaultCloud> {
    const things = new ThrowAway('fault-service');
    await smallTable(things, ['sagaId', 'at']);
    const letters = await smallQueue(things, 'letters');
    const roleArn = await smallRole(things);
    const serviceArn = await smallLambda(things, {
      file: 'test/support/cloud/fault-service.ts',
      roleArn,
      variables: {
        [ENV.stage]: 'local',
        [ENV.eventLogTable]: output('EventLogTable'),
        [ENV.stepTokensTable]: output('StepTokensTable'),
        [ENV.servicesTable]: output('ServicesTable'),
        [ENV.deadLetterQueue]: letters.url,
        CALLS_TABLE: things.name,
      },
    });
    return new FaultCloud(things, { serviceArn, roleArn, letters });
  }

  /** The saga's machine, compiled as the product compiles it; its close is the deployed one. */
  machine(definition: SagaDefinition): Promise<string> {
    const { serviceArn, roleArn } = this.#service;
    return smallMachine(this.#things, {
      name: `maos-local-${this.#things.name}`,
      definition: compileSaga(definition, { service: () => serviceArn, close: output('CloseSagaArn') }),
      roleArn,
    });
  }

  async start(machineArn: string, sagaId: string): Promise<string> {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: machineArn,
        name: `${sagaId}-1`,
        input: JSON.stringify({ sagaId }),
      }),
    );
    return executionArn;
  }

  /** The states that an execution has entered, in order. */
  async states(executionArn: string): Promise<string[]> {
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
  }

  /** What the service was asked to do and did, in order. */
  async calls(sagaId: string): Promise<string[]> {
    const pages = paginateQuery(
      { client: DynamoDBDocumentClient.from(dynamo) },
      {
        TableName: this.#things.name,
        KeyConditionExpression: 'sagaId = :id',
        ExpressionAttributeValues: { ':id': sagaId },
        ConsistentRead: true,
      },
    );
    const calls: string[] = [];
    for await (const page of pages) calls.push(...(page.Items ?? []).map(({ call }) => String(call)));
    return calls;
  }

  /** Up to ten dead letters, which stay. */
  async letters(): Promise<Record<string, unknown>[]> {
    const bodies = await messagesIn(this.#service.letters);
    return bodies.map((body) => JSON.parse(body) as Record<string, unknown>);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#things[Symbol.asyncDispose]();
  }
}
