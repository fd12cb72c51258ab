import * as z from 'zod';
import { ContractTestResult, ServiceContract } from '../service-contract.ts';
import { route } from './route.ts';
import { ServiceName } from './service-fields.ts';

const ContractTestRun = z
  .object({ testId: z.string(), status: z.enum(['running', 'done', 'failed']), statusUrl: z.string() })
  .meta({ id: 'ContractTestRun' });

const params = z.strictObject({ name: ServiceName });
const TestId = z.string().regex(/^test_[0-9A-HJKMNP-TV-Z]{26}$/, 'must be the id of a contract test');

/** What services promise, and whether they keep it. */
export const contractRoutes = {
  putContract: route({
    id: 'putContract',
    method: 'PUT',
    path: '/api/v1/services/{name}/contract',
    summary: 'Store what a service promises; a promise is broken only by the next major version',
    scope: 'admin',
    params,
    body: ServiceContract,
    answer: { status: 200, data: ServiceContract },
    errors: ['SERVICE_NOT_FOUND', 'CONFLICT'],
  }),
  getContract: route({
    id: 'getContract',
    method: 'GET',
    path: '/api/v1/services/{name}/contract',
    summary: 'Read what a service promises',
    scope: 'read',
    params,
    answer: { status: 200, data: ServiceContract },
    errors: ['NOT_FOUND', 'SERVICE_NOT_FOUND'],
  }),
  testContract: route({
    id: 'testContract',
    method: 'POST',
    path: '/api/v1/services/{name}/contract/test',
    summary:
      'Call a service with generated inputs, and tell whether it keeps its promise; over 20 s, where to ask later',
    scope: 'admin',
    params,
    answer: { status: 200, data: ContractTestResult, also: { status: 202, data: ContractTestRun } },
    errors: ['NOT_FOUND', 'SERVICE_NOT_FOUND'],
  }),
  getContractTest: route({
    id: 'getContractTest',
    method: 'GET',
    path: '/api/v1/services/{name}/contract/tests/{testId}',
    summary: 'Read how a contract test went, for a day; 202 while it runs',
    scope: 'read',
    params: z.strictObject({ name: ServiceName, testId: TestId }),
    answer: { status: 200, data: ContractTestResult, also: { status: 202, data: ContractTestRun } },
    errors: ['NOT_FOUND'],
  }),
};
