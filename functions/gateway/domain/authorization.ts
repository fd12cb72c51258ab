import type { ApiKeyRecord } from '../../contracts/api-key.ts';

/** The key in an `Authorization: Bearer …` header (RFC 6750); anything else is no key. */
export function bearerKey(header: string): string {
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
}

/**
 * Lets a known key through to every row of the stage, with its scopes in the context: the answer is cached for all rows, and the
 * row that is called checks the scope that it needs.
 */
export function authorizerAnswer(record: ApiKeyRecord, methodArn: string) {
  const stageArn = methodArn.split('/').slice(0, 2).join('/');
  return {
    principalId: record.keyId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow' as const, Resource: `${stageArn}/*` }],
    },
    context: { keyId: record.keyId, scopes: record.scopes.join(',') },
  };
}
