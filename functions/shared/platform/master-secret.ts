import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** What all secrets are derived from. Read once per environment; a read that failed is made again. */
export function masterSecret(secretArn: string): () => Promise<string> {
  const client = new SecretsManagerClient({});
  let known: string | undefined;
  return async () => {
    known ??= (await client.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString;
    // An empty key would sign with what everybody can compute.
    if (known === undefined || known === '') throw new Error('The master secret is empty.');
    return known;
  };
}
