import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { strToU8, zipSync } from 'fflate';
import { ENV } from '../../functions/contracts/env.ts';
import { compileSaga } from '../../functions/contracts/sagas/compile-saga.ts';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import { bundled } from './bundles.ts';
import { output } from './cloud.ts';

const dynamo = new DynamoDBClient({});
const iam = new IAMClient({});
const lambda = new LambdaClient({});
const sfn = new SFNClient({});
const sqs = new SQSClient({});

/** A service that can die, and machines that call it, on the local cloud beside the deployed stacks. */
export class FaultCloud {
  readonly #name: string;
  #serviceArn = '';
  #roleArn = '';
  #lettersUrl = '';
  readonly #machines: string[] = [];

  private constructor(name: string) {
    this.#name = name;
  }

  static async create(): Promise<FaultCloud> {
    const cloud = new FaultCloud(`fault-service-${Date.now()}`);
    await cloud.#makeTable();
    await cloud.#makeRole();
    await cloud.#makeFunction();
    return cloud;
  }

  async #makeTable(): Promise<void> {
    const key = [
      { AttributeName: 'sagaId', KeyType: 'HASH' as const },
      { AttributeName: 'at', KeyType: 'RANGE' as const },
    ];
    await dynamo.send(
      new CreateTableCommand({
        TableName: this.#name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: key,
        AttributeDefinitions: key.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const })),
      }),
    );
    await waitUntilTableExists({ client: dynamo, minDelay: 1, maxWaitTime: 20 }, { TableName: this.#name });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: this.#name }));
    this.#lettersUrl = QueueUrl ?? '';
  }

  async #makeRole(): Promise<void> {
    const principal = { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] };
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
    };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: this.#name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    this.#roleArn = Role?.Arn ?? '';
    const Action = ['dynamodb:*', 'states:*', 'sqs:*', 'lambda:*', 'logs:*'];
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
    await iam.send(
      new PutRolePolicyCommand({ RoleName: this.#name, PolicyName: 'all', PolicyDocument: JSON.stringify(policy) }),
    );
  }

  async #makeFunction(): Promise<void> {
    const { code } = await bundled({ file: 'test/support/fault-service.ts' });
    const zip = zipSync({ 'index.mjs': code, 'package.json': strToU8('{"type":"module"}') });
    const { FunctionArn } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: this.#name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: this.#roleArn,
        Timeout: 30,
        Code: { ZipFile: zip },
        Environment: {
          Variables: {
            [ENV.stage]: 'local',
            [ENV.eventLogTable]: output('EventLogTable'),
            [ENV.stepTokensTable]: output('StepTokensTable'),
            [ENV.deadLetterQueue]: this.#lettersUrl,
            CALLS_TABLE: this.#name,
          },
        },
      }),
    );
    this.#serviceArn = FunctionArn ?? '';
  }

  /** The saga's machine, compiled as the product compiles it; its close is the deployed one. */
  async machine(definition: SagaDefinition): Promise<string> {
    const asl = compileSaga(definition, { service: () => this.#serviceArn, close: output('CloseSagaArn') });
    const { stateMachineArn = '' } = await sfn.send(
      new CreateStateMachineCommand({
        name: `maos-local-${this.#name}`,
        definition: JSON.stringify(asl),
        roleArn: this.#roleArn,
      }),
    );
    this.#machines.push(stateMachineArn);
    return stateMachineArn;
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
        TableName: this.#name,
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
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#lettersUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body }) => JSON.parse(Body ?? '{}') as Record<string, unknown>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stateMachineArn of this.#machines) await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await lambda.send(new DeleteFunctionCommand({ FunctionName: this.#name }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl: this.#lettersUrl }));
    await dynamo.send(new DeleteTableCommand({ TableName: this.#name }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: this.#name, PolicyName: 'all' }));
    await iam.send(new DeleteRoleCommand({ RoleName: this.#name }));
  }
}
