import { isAppError } from '../../shared/kernel/errors.ts';
import type { ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import type { ServiceRequest } from '../../shared/platform/outgoing/http-service.ts';
import type { ContractTestOrder } from './contract-endpoints.ts';
import type { ContractCall } from './contract-tester.ts';
import { testContract } from './contract-tester.ts';
import type { ContractTests } from './contract-tests.ts';
import type { ServiceRegistry } from './service-registry.ts';

export interface RunnerPorts {
  registry: ServiceRegistry;
  store: ServiceStore;
  tests: ContractTests;
  call(request: ServiceRequest): Promise<unknown>;
}

/** Tells a service that nothing is meant by a call (api.md). */
const TEST_HEADERS = { 'x-maos-contract-test': 'true' };
const CALL_MS = 5000;

/** Runs the contract tests that were ordered, past the breaker. Ordered twice, a test runs once more if it has no result yet. */
export function contractTestRunner(ports: RunnerPorts) {
  return async ({ testId, name, correlationId }: ContractTestOrder): Promise<void> => {
    const test = await ports.tests.find(name, testId);
    if (test === undefined || test.result !== undefined) return;
    const { registration } = await ports.store.find(name);
    const contract = await ports.registry.contract(name);
    // Removed meanwhile: there is nothing to test.
    if (registration === undefined || contract === undefined) return;
    const request = { service: name, endpoint: registration.endpoint, correlationId, timeoutMs: CALL_MS };
    let called = 0;
    const call: ContractCall = async (operation, input) => {
      called += 1;
      const idempotencyKey = `${testId}-${called}`;
      return outcomeOf(() =>
        ports.call({ ...request, operation, payload: input, idempotencyKey, headers: TEST_HEADERS }),
      );
    };
    const result = await testContract({ service: name, contract, call, now: () => new Date().toISOString() });
    await ports.tests.save({ ...test, result });
  };
}

/** What the service answered. Whatever is no answer of its own, such as a page that is not JSON, is told apart. */
async function outcomeOf(call: () => Promise<unknown>): ReturnType<ContractCall> {
  try {
    return { output: await call() };
  } catch (error) {
    if (!isAppError(error) || error.details === undefined || !('service' in error.details)) throw error;
    const { httpStatus, code, message } = error.details;
    const answered = typeof httpStatus === 'number' && httpStatus >= 400;
    return { error: { code: code?.toString(), message: message?.toString() ?? error.message, answered } };
  }
}
