import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { RouteContract } from '../../../contracts/api/route.ts';
import { ENV } from '../../../contracts/env.ts';
import type { HttpErrorCode } from '../../kernel/errors.ts';
import { AppError, isAppError, messageOf } from '../../kernel/errors.ts';
import { EARLY_TIMEOUT } from '../early-timeout.ts';
import { envList } from '../env.ts';
import { newLogger } from '../logger.ts';
import { metered } from '../metered.ts';
import type { Answer, KeptAnswer } from './answer.ts';
import { answerResult, errorResult, isHttpError, STATUS } from './answer.ts';
import { preflightResult, withCors } from './cors.ts';
import type { HttpRequest } from './http-request.ts';
import { requestContext } from './http-request.ts';
import type { Idempotency } from './idempotency.ts';
import { validated } from './validate.ts';

const logger = newLogger();

export interface HttpPorts {
  /** Needed where a row is `idempotent`. */
  idempotency?: Idempotency;
}

/** A contract and what serves it. */
export interface Endpoint {
  contract: RouteContract;
  answer: (event: APIGatewayProxyEvent, lambda: Context, ports: HttpPorts) => Promise<APIGatewayProxyResult>;
}

/** The answer of an `idempotent` row is kept, and bytes cannot be. */
type AnswerTo<Contract extends RouteContract> = Contract extends { idempotent: true } ? KeptAnswer : Answer;

/**
 * Binds a contract to what serves it: `serve` gets a request that has passed the contract.
 *
 * @param reveal puts into each answer what must not be kept of it: a secret
 */
export function endpoint<Contract extends RouteContract>(
  contract: Contract,
  serve: (request: HttpRequest<Contract>) => Promise<AnswerTo<Contract>>,
  reveal: (answer: AnswerTo<Contract>) => Promise<Answer> = async (answer) => answer,
): Endpoint {
  const answer: Endpoint['answer'] = async (event, lambda, { idempotency }) => {
    const context = requestContext(event);
    const { request, call } = validated(contract, event, context);
    const run = (): Promise<Answer> => serve(request);
    const made = call && idempotency ? await idempotency(call, lambda, run as () => Promise<KeptAnswer>) : await run();
    return answerResult(context, contract.answer.status, await reveal(made as AnswerTo<Contract>));
  };
  return { contract, answer };
}

/**
 * The pipeline of every API function: routing by contract, correlation, idempotency, CORS, and errors in the envelope.
 */
export function httpPipeline(
  endpoints: readonly Endpoint[],
  ports: HttpPorts = {},
): middy.MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult> {
  assertKeepsKeys(endpoints, ports);
  const origins = envList(ENV.corsOrigins);
  const routes = [...endpoints.map((one) => routeOf(one, ports)), ...preflightRoutes(origins)];
  const router = httpRouter<APIGatewayProxyEvent, APIGatewayProxyResult>({ routes, notFoundResponse });
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>(router, EARLY_TIMEOUT)
    .before(({ event }) => {
      const { requestId, correlationId } = requestContext(event);
      logger.resetKeys();
      logger.appendKeys({ requestId, correlationId });
      // API Gateway's own `{proxy+}` value would win over the router's parameters.
      event.pathParameters = null;
    })
    .after((request) => {
      if (request.response) request.response = withCors(origins, request.event, request.response);
    })
    .onError((request) => {
      const result = errorResult(requestContext(request.event), forCaller(request.error));
      request.response = withCors(origins, request.event, result);
    });
}

function routeOf({ contract, answer }: Endpoint, ports: HttpPorts) {
  return {
    method: contract.method,
    path: contract.path.replace(/\{\w+\+\}$/, '{proxy+}'),
    handler: (event: APIGatewayProxyEvent, lambda: Context) =>
      metered({ route: contract.id }, () => answer(event, lambda, ports), isOurs),
  };
}

/** A refusal of the caller's request is no fault. */
function isOurs(error: unknown): boolean {
  return !(isAppError(error) && isHttpError(error) && STATUS[error.code] < 500);
}

/** Without origins there is nothing to ask for, and OPTIONS is answered like any other method that no row has. */
function preflightRoutes(origins: readonly string[]) {
  const handler = async (event: APIGatewayProxyEvent) => preflightResult(origins, event);
  return origins.length === 0 ? [] : [{ method: 'OPTIONS' as const, path: '/{proxy+}', handler }];
}

/** A row that took keys without keeping them would create twice where its caller believes it cannot. */
function assertKeepsKeys(endpoints: readonly Endpoint[], { idempotency }: HttpPorts): void {
  const row = endpoints.find(({ contract }) => contract.idempotent);
  if (row === undefined || idempotency !== undefined) return;
  throw new Error(`${row.contract.id} takes an Idempotency-Key, and its function has nothing to keep it in.`);
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
