import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { RouteContract } from '../../../contracts/api/route.ts';
import type { HttpErrorCode } from '../../kernel/errors.ts';
import { AppError, isAppError, messageOf } from '../../kernel/errors.ts';
import { EARLY_TIMEOUT } from '../early-timeout.ts';
import { newLogger } from '../logger.ts';
import type { Answer } from './answer.ts';
import { dataResult, errorResult, isHttpError, rawResult } from './answer.ts';
import type { HttpRequest } from './http-request.ts';
import { requestContext } from './http-request.ts';
import { validated } from './validate.ts';

const logger = newLogger();

type Route = { method: RouteContract['method']; path: string; handler: LambdaHandler };
type LambdaHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Binds a contract to what serves it: `serve` gets a request that has passed the contract. */
export function endpoint<Contract extends RouteContract>(
  contract: Contract,
  serve: (request: HttpRequest<Contract>) => Promise<Answer>,
): Route {
  const handler: LambdaHandler = async (event) => {
    const context = requestContext(event);
    const answer = await serve(validated(contract, event, context));
    return answer.kind === 'raw' ? rawResult(context, answer) : dataResult(context, contract.answer.status, answer);
  };
  return { method: contract.method, path: contract.path.replace(/\{\w+\+\}$/, '{proxy+}'), handler };
}

/**
 * The pipeline of every API function: routing by contract, correlation, and errors in the envelope.
 */
export function httpPipeline(routes: Route[]): middy.MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult> {
  const router = httpRouter<APIGatewayProxyEvent, APIGatewayProxyResult>({ routes, notFoundResponse });
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>(router, EARLY_TIMEOUT)
    .before(({ event }) => {
      const { requestId, correlationId } = requestContext(event);
      logger.resetKeys();
      logger.appendKeys({ requestId, correlationId });
      // API Gateway's own `{proxy+}` value would win over the router's parameters.
      event.pathParameters = null;
    })
    .onError((request) => {
      request.response = errorResult(requestContext(request.event), forCaller(request.error));
    });
}

/** An error that is not meant for callers is logged whole, and answered without a word of it. */
function forCaller(error: unknown): AppError<HttpErrorCode> {
  if (isAppError(error) && isHttpError(error)) return error;
  logger.error('Unhandled error', { error: error instanceof Error ? error : new Error(messageOf(error)) });
  return new AppError('INTERNAL_ERROR', 'Something went wrong on our side.');
}

function notFoundResponse(): never {
  throw new AppError('NOT_FOUND', 'There is nothing at this address.');
}
