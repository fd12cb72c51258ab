import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { CountingProxy } from './counting-proxy.ts';
import { countingProxy } from './counting-proxy.ts';
import type { WatchedFunction } from './function-logs.ts';

/** A local cloud whose functions are watched: what they ask of AWS goes through the proxy. */
export interface MeasuredCloud extends AsyncDisposable {
  proxy: CountingProxy;
  functions: WatchedFunction[];
}

/** Sends everything that the deployed functions ask of AWS through a proxy that counts it. */
export async function measuredCloud(endpoint: string): Promise<MeasuredCloud> {
  const proxy = await countingProxy(endpoint);
  const lambda = new LambdaClient({});
  const scheduled = await scheduledFunctions(lambda);
  const functions: WatchedFunction[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '', FunctionArn = '' } of Functions) {
      if (!scheduled.has(FunctionArn)) functions.push(await redirect(lambda, FunctionName, proxy.endpoint));
    }
  }
  return { proxy, functions, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}

/** ARNs of what runs by the clock, whether there is a task or not: a schedule's rule leads to a queue, and that to its function. */
async function scheduledFunctions(lambda: LambdaClient): Promise<Set<string>> {
  const events = new EventBridgeClient({});
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const found = new Set<string>();
  for (const { Name } of Rules.filter(({ ScheduleExpression }) => ScheduleExpression)) {
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    for (const { Arn } of Targets) {
      const mappings = await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn: Arn }));
      for (const { FunctionArn = '' } of mappings.EventSourceMappings ?? []) found.add(FunctionArn);
    }
  }
  if (found.size === 0) throw new Error('No function that runs by the clock was found: its calls would be counted.');
  return found;
}

async function redirect(lambda: LambdaClient, FunctionName: string, endpoint: string): Promise<WatchedFunction> {
  const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = { ...found.Environment?.Variables, AWS_ENDPOINT_URL: endpoint };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  return {
    name: FunctionName,
    memoryMb: found.MemorySize ?? 128,
    traced: found.TracingConfig?.Mode === 'Active',
    logGroup: found.LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`,
  };
}

/** States that an execution has entered, and its start, which is billed like one. */
export async function billedTransitions(executionArn: string): Promise<number> {
  const history = new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 });
  const { events = [] } = await new SFNClient({}).send(history);
  return 1 + events.filter(({ type }) => type?.endsWith('StateEntered')).length;
}
