import { beforeEach, describe, expect, it, vi } from 'vitest';
import { serviceCalls } from '../../../functions/requests/adapters/service-calls.ts';
import { openedByHand } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { CircuitBreaker, isBreakerRefusal } from '../../../functions/shared/platform/breaker/circuit-breaker.ts';
import { systemClock } from '../../../functions/shared/platform/breaker/clock.ts';
import type { ServiceRequest } from '../../../functions/shared/platform/outgoing/http-service.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { sampleRequest } from '../../support/requests/request-samples.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { ENDPOINT, serviceWorld } from '../../support/services/service-world.ts';

captureLogLines();

const request = sampleRequest({ timeout: 1234 });
const serve = vi.fn<(request: ServiceRequest) => Promise<unknown>>();
let services: ServiceWorld;
let prepare: ReturnType<typeof serviceCalls>;
beforeEach(() => {
  serve.mockReset().mockResolvedValue({ booked: true });
  services = serviceWorld();
  const { store } = services;
  const breaker = new CircuitBreaker({ store, clock: systemClock, instance: 'environment-1' });
  prepare = serviceCalls({ store, breaker, call: serve });
});

describe('a try', () => {
  it('goes where its service is, under the id of its request each time', async () => {
    await services.registered('billing');
    for (let tried = 0; tried < 2; tried += 1) {
      expect(await (await prepare(request))({ seat: 1 })).toEqual({ booked: true });
    }
    const one = {
      service: 'billing',
      endpoint: ENDPOINT,
      operation: 'book',
      payload: { seat: 1 },
      correlationId: 'corr_1',
      idempotencyKey: request.requestId,
      timeoutMs: 1234,
    };
    expect(serve.mock.calls).toEqual([[one], [one]]);
  });

  it('finds a service that was registered a moment ago', async () => {
    await expect((await prepare(request))(1)).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND', retryable: false });
    await services.registered('billing');
    expect(await (await prepare(request))(1)).toEqual({ booked: true });
  });

  it('is refused by an open breaker, and not by being retried', async () => {
    await services.registered('billing');
    const stands = services.breakers.stands('billing');
    await services.store.change('billing', stands, openedByHand(Date.now(), 'Moved.'), 'corr_0');
    const refusal = await (await prepare(request))(1).catch((error: unknown) => error);
    expect(isBreakerRefusal(refusal, 'billing')).toBe(true);
    expect(refusal).toMatchObject({ retryable: false });
    expect(serve).not.toHaveBeenCalled();
  });

  it('is not begun where nobody can say where the service is', async () => {
    const find = () => Promise.reject(new Error('no table'));
    const store = { ...services.store, find };
    const breaker = new CircuitBreaker({ store, clock: systemClock, instance: 'environment-2' });
    await expect(serviceCalls({ store, breaker, call: serve })(request)).rejects.toThrow('no table');
  });
});
