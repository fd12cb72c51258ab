import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { CountingProxy } from './counting-proxy.ts';
import { countingProxy } from './counting-proxy.ts';

/** What runs by the clock, whether there is a task or not. */
const IDLE = /SweepLeases/;

/** Sends everything that the deployed functions ask of AWS through a proxy that counts it. */
export async function measuredCloud(endpoint: string): Promise<CountingProxy> {
  const proxy = await countingProxy(endpoint);
  const lambda = new LambdaClient({});
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '' } of Functions) {
      if (!IDLE.test(FunctionName)) await redirect(lambda, FunctionName, proxy.endpoint);
    }
  }
  return proxy;
}

async function redirect(lambda: LambdaClient, FunctionName: string, endpoint: string): Promise<void> {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL: endpoint };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
}

/** States that an execution has entered, and its start, which is billed like one. */
export async function billedTransitions(executionArn: string): Promise<number> {
  const history = new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 });
  const { events = [] } = await new SFNClient({}).send(history);
  return 1 + events.filter(({ type }) => type?.endsWith('StateEntered')).length;
}
