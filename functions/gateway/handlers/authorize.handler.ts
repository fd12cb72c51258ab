import middy from '@middy/core';
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { keyStore } from '../adapters/key-store.ts';
import { authorizerAnswer, bearerKey } from '../domain/authorization.ts';

const find = keyStore(dynamoClient(), requireEnv(ENV.keysTable));

/** API Gateway turns just this message into a 401 (developer guide, "Lambda authorizers"). */
const UNAUTHORIZED = 'Unauthorized';

export const handler = middy<APIGatewayTokenAuthorizerEvent, APIGatewayAuthorizerResult>(
  async (event: APIGatewayTokenAuthorizerEvent) => {
    const record = await find(bearerKey(event.authorizationToken));
    if (record === undefined) throw new Error(UNAUTHORIZED);
    return authorizerAnswer(record, event.methodArn);
  },
);
