import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { FAKE_CREDENTIALS } from './endpoint.ts';

/** Has functions tell the address under which the API of a local cloud is really found; the stack can only know the one that AWS would give it. */
export async function tellApiAddress(
  { endpoint, region, parameter }: { endpoint: string; region: string; parameter: string },
  apiUrl: string,
): Promise<void> {
  const client = new SSMClient({ endpoint, region, credentials: FAKE_CREDENTIALS });
  await client.send(new PutParameterCommand({ Name: parameter, Value: apiUrl, Type: 'String', Overwrite: true }));
}
