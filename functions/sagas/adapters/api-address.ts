import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

/**
 * Where the API is found from outside, without a slash at its end. A parameter holds it, because the API's stack is the last one and knows
 * all functions. Read once per environment; a read that failed is made again.
 */
export function apiAddress(parameter: string): () => Promise<string> {
  // Systems Manager answers only so many calls a second, and environments may begin by the hundred.
  const client = new SSMClient({ maxAttempts: 10 });
  let known: string | undefined;
  return async () => {
    known ??= (await client.send(new GetParameterCommand({ Name: parameter }))).Parameter?.Value;
    if (!known) throw new Error(`The parameter ${parameter} is empty.`);
    return known.replace(/\/$/, '');
  };
}
