import { describe, expect, it } from 'vitest';
import { authorizerAnswer, bearerKey } from '../../../functions/gateway/domain/authorization.ts';

describe('the key in an Authorization header', () => {
  it.each(['Bearer maos_1', 'bearer maos_1', 'BEARER maos_1', 'Bearer   maos_1'])(
    'is what follows in "%s"',
    (header) => {
      expect(bearerKey(header)).toBe('maos_1');
    },
  );

  it.each([
    '',
    'maos_1',
    'Bearer',
    'Bearer ',
    'Basic maos_1',
    'Bearer maos_1 x',
    ' Bearer maos_1',
    'Bearermaos_1',
    'Bearer\tx',
  ])('is none in "%s"', (header) => {
    expect(bearerKey(header)).toBe('');
  });
});

describe("the authorizer's answer", () => {
  const record = { keyId: 'key_1', name: 'n', hash: 'h', scopes: ['read' as const, 'agent' as const], createdAt: 't' };
  const answer = authorizerAnswer(
    record,
    'arn:aws:execute-api:eu-west-1:123456789012:abc123/v1/GET/api/v1/tasks/task_1',
  );

  it('lets the key through to every row of the stage, because it is cached for all', () => {
    expect(answer.policyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: 'arn:aws:execute-api:eu-west-1:123456789012:abc123/v1/*',
        },
      ],
    });
  });

  it('tells the rows whose key it is and what it may do, and nothing more', () => {
    expect([answer.principalId, answer.context]).toEqual(['key_1', { keyId: 'key_1', scopes: 'read,agent' }]);
    expect(JSON.stringify(answer)).not.toContain('"h"');
  });
});
