import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { EnvName } from '../../../functions/contracts/env.ts';
import { cloud } from './cloud.ts';

const lambda = new LambdaClient({});

/** What a schedule sends, as a function's queue hands it over. */
export const TICK = {
  Records: [
    {
      messageId: 'm1',
      receiptHandle: 'none',
      body: JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
      attributes: { ApproximateReceiveCount: '1' },
      eventSource: 'aws:sqs',
    },
  ],
};

/** A deployed function, by the beginning of its logical id, which CDK makes of its path in the app: `SweepEventsFnFunction`. */
export class DeployedFunction {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  static async find(logicalId: string): Promise<DeployedFunction> {
    const client = new CloudFormationClient({});
    const stacks = await Promise.all(
      cloud.stackNames.map((StackName) => client.send(new DescribeStackResourcesCommand({ StackName }))),
    );
    const found = stacks
      .flatMap(({ StackResources }) => StackResources ?? [])
      .filter(({ LogicalResourceId }) => LogicalResourceId?.replace(/[0-9A-F]{8}$/, '') === logicalId);
    const name = found[0]?.PhysicalResourceId;
    if (found.length !== 1 || name === undefined) {
      throw new Error(`${found.length} deployed functions are called ${logicalId}.`);
    }
    return new DeployedFunction(name);
  }

  /** A variable that infrastructure set for it. */
  async variable(name: EnvName): Promise<string> {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: this.#name }));
    const value = Environment?.Variables?.[name];
    if (value === undefined) throw new Error(`${this.#name} has no variable ${name}.`);
    return value;
  }

  /** Calls it as AWS does, and gives its answer. */
  async call(event: unknown): Promise<unknown> {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: this.#name, Payload: JSON.stringify(event) }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new Error(`${this.#name} failed: ${text}`);
    return JSON.parse(text) as unknown;
  }
}
