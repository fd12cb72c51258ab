import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { BreakerConfig } from '../../../functions/contracts/breaker.ts';
import { ENV } from '../../../functions/contracts/env.ts';
import { dynamoServiceStore, PARTS } from '../../../functions/shared/platform/breaker/dynamo-service-store.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { output } from '../cloud/cloud.ts';
import { smallLambda, smallRole } from '../cloud/small-lambda.ts';
import type { ThrowAway } from '../cloud/throw-away.ts';
import type { CallerEvent, CallerReport } from './breaker-caller.ts';
import { registrationOf } from './registrations.ts';

const lambda = new LambdaClient({});
const client = dynamoClient();

/** Lambdas that call one service through the deployed breaker, each invocation that runs beside others in a process of its own. */
export class BreakerCloud {
  readonly service: string;
  readonly #functionArn: string;
  readonly #environments: number;

  private constructor(service: string, functionArn: string, environments: number) {
    this.service = service;
    this.#functionArn = functionArn;
    this.#environments = environments;
  }

  static async create(things: ThrowAway, config: BreakerConfig, environments: number): Promise<BreakerCloud> {
    const TableName = output('ServicesTable');
    const variables = {
      [ENV.stage]: 'local',
      [ENV.servicesTable]: TableName,
      [ENV.eventLogTable]: output('EventLogTable'),
    };
    const file = 'test/support/breaker/breaker-caller.ts';
    const functionArn = await smallLambda(things, { file, roleArn: await smallRole(things), variables });
    const Item = { ...registrationOf(things.name, config), part: PARTS.registration };
    await client.send(new PutCommand({ TableName, Item }));
    for (const part of Object.values(PARTS))
      things.removedBy(() => client.send(new DeleteCommand({ TableName, Key: { name: things.name, part } })));
    return new BreakerCloud(things.name, functionArn, environments);
  }

  /** All environments at once. */
  async call(what: Omit<CallerEvent, 'service' | 'startAt'>, inMs: number): Promise<CallerReport[]> {
    const event: CallerEvent = { ...what, service: this.service, startAt: Date.now() + inMs };
    return Promise.all(Array.from({ length: this.#environments }, () => this.#invoke(event)));
  }

  /** When one of them may try again, by the deployed table. */
  async retryAt(): Promise<number> {
    const store = dynamoServiceStore({ client, table: output('ServicesTable'), eventLog: output('EventLogTable') });
    const { retryAt } = (await store.find(this.service)).breaker;
    if (retryAt === undefined) throw new Error('The breaker is not open.');
    return retryAt;
  }

  async #invoke(event: CallerEvent): Promise<CallerReport> {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: this.#functionArn, Payload: JSON.stringify(event) }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new Error(`An environment failed: ${text}`);
    return JSON.parse(text) as CallerReport;
  }
}
