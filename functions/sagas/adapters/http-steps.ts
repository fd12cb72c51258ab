import { AppError, isAppError } from '../../shared/kernel/errors.ts';
import type { CircuitBreaker } from '../../shared/platform/breaker/circuit-breaker.ts';
import type { ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import type { ServiceRequest } from '../../shared/platform/outgoing/http-service.ts';
import { ACCEPTED } from '../../shared/platform/outgoing/http-service.ts';
import type { Callable, Operation, RunContext } from '../../shared/platform/sagas/saga-service.ts';
import { LATER } from '../../shared/platform/sagas/saga-service.ts';
import type { StepKey } from '../../shared/platform/sagas/step-tokens.ts';

export interface HttpStepPorts {
  store: Pick<ServiceStore, 'find'>;
  breaker: Pick<CircuitBreaker, 'entry'>;
  /** Calls an operation of an HTTP service. */
  call(request: ServiceRequest): Promise<unknown>;
  /** Where a step's service may bring its result later. */
  completeUrl(step: StepKey): Promise<string>;
}

/** The operations of the services that users have registered, as steps of sagas call them. */
export function httpSteps(ports: HttpStepPorts): Callable {
  return (service, action): Operation => ({
    async run(input, context) {
      const { correlationId, timeoutMs } = context;
      const request = { service, operation: action, payload: input, correlationId, timeoutMs };
      const endpoint = await endpointOf(ports, service);
      // A compensation is over when its call is.
      const later = context.undoes ? {} : { completeUrl: await ports.completeUrl(context) };
      const call = ports.call({ ...request, ...later, endpoint, idempotencyKey: keyOf(context) });
      const result = await call.catch(withItsWords);
      if (result === ACCEPTED) return LATER;
      return context.undoes ? {} : resultOf(request, result);
    },
  });
}

/** A saga's error has a code and a message and nothing besides, so what the service said goes into the message. */
function withItsWords(error: unknown): never {
  if (!isAppError(error) || error.details === undefined) throw error;
  const { retryable, details } = error;
  const { code, message } = details as { code?: string; message?: string };
  const words = [code, message].filter((word) => word !== undefined).join(' ');
  if (words === '') throw error;
  throw new AppError(error.code, `${error.message} It said: ${words}`, { retryable, details });
}

/** One call of one run, however often it is made; what undoes a step is another call. */
function keyOf({ sagaId, stepId, run, undoes }: RunContext): string {
  return [sagaId, stepId, run, ...(undoes ? ['undo'] : [])].join(':');
}

async function endpointOf({ store, breaker }: HttpStepPorts, service: string): Promise<string> {
  // One that is not known here may have been registered a moment ago.
  const { registration = (await store.find(service)).registration } = await breaker.entry(service);
  if (registration === undefined) throw new AppError('SERVICE_NOT_FOUND', `There is no service ${service}.`);
  return registration.endpoint;
}

/** A step's result is merged into the saga's data, so it is an object. */
function resultOf(
  { service, operation }: { service: string; operation: string },
  result: unknown,
): Record<string, unknown> {
  if (result === null) return {};
  if (typeof result === 'object' && !Array.isArray(result)) return result as Record<string, unknown>;
  const message = `Operation ${operation} of service ${service} failed: a step's result must be an object.`;
  throw new AppError('SERVICE_ERROR', message, { details: { service, operation } });
}
