import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RunOrder } from './request-orders.ts';

/** Has the runner make tries, and waits until it leaves the request. Rejects where it failed, or nobody knows what it did. */
export type InvokeRunner = (order: RunOrder) => Promise<void>;

export function runnerInvoke(functionArn: string): InvokeRunner {
  // Sent again, a call would run beside itself.
  const client = new LambdaClient({ maxAttempts: 1 });
  return async (order) => {
    const { FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(order) }),
    );
    if (FunctionError !== undefined) throw new Error(`The runner of requests failed: ${FunctionError}`);
  };
}
