import { setTimeout as sleep } from 'node:timers/promises';
import { contractRoutes } from '../../contracts/api/contract.ts';
import type { ServiceContract } from '../../contracts/service-contract.ts';
import { isBuiltIn } from '../../contracts/services.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import type { ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import type { DataAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { contractBreaks } from '../domain/contracts/contract-breaks.ts';
import { contractFaults } from '../domain/contracts/json-schema-rules.ts';
import { schemaEngine } from './contract-tester.ts';
import type { ContractTestRecord, ContractTests } from './contract-tests.ts';
import { entryOf } from './service-endpoints.ts';
import type { ServiceRegistry } from './service-registry.ts';

export interface ContractPorts {
  registry: ServiceRegistry;
  store: ServiceStore;
  tests: ContractTests;
  /** Has a test run by somebody who has the time. */
  order(test: ContractTestOrder): Promise<void>;
}

/** What the function that runs contract tests is asked. */
export interface ContractTestOrder {
  testId: string;
  name: string;
  correlationId: string;
}

/** A caller is kept waiting no longer (api.md). */
const WAIT_MS = 20_000;
const LOOK_EVERY_MS = 250;

/** A test that has not ended by then has died: its function runs no longer, three times in a row. */
const LONGEST_RUN_MS = 20 * 60 * 1000;

/** Contracts and their tests (seed: ContractTester). */
export function contractEndpoints(ports: ContractPorts) {
  return [
    endpoint(contractRoutes.putContract, (request) => putContract(ports, request)),
    endpoint(contractRoutes.getContract, async ({ params }) => ({
      kind: 'data',
      data: await contractOf(ports, params.name),
    })),
    endpoint(contractRoutes.testContract, (request) => test(ports, request)),
    endpoint(contractRoutes.getContractTest, async ({ params: { name, testId } }) => {
      const found = await ports.tests.find(name, testId);
      if (found === undefined) throw new AppError('NOT_FOUND', `There is no contract test ${testId} of ${name}.`);
      return answerOf(found);
    }),
  ];
}

async function putContract(
  { registry, store }: ContractPorts,
  { params: { name }, body }: HttpRequest<typeof contractRoutes.putContract>,
): Promise<DataAnswer> {
  if (isBuiltIn(name)) throw new AppError('CONFLICT', `The contract of ${name} is built in.`);
  await entryOf(store, name);
  const faults = contractFaults(body, schemaEngine());
  if (faults.length > 0) throw invalid(faults);
  const before = await registry.contract(name);
  const breaks = before === undefined ? [] : contractBreaks(before, body);
  if (breaks.length > 0) {
    const message = `Version ${body.version} breaks what ${name} promises in ${before?.version}; raise the major version.`;
    throw new AppError('CONFLICT', message, { details: breaks });
  }
  if (await registry.putContract(name, body, before)) return { kind: 'data', data: body };
  throw new AppError('CONFLICT', `The contract of ${name} was changed at the same time; try again.`);
}

async function contractOf({ registry, store }: ContractPorts, name: string): Promise<ServiceContract> {
  await entryOf(store, name);
  const contract = await registry.contract(name);
  if (contract === undefined) throw new AppError('NOT_FOUND', `${name} has no contract.`);
  return contract;
}

async function test(
  ports: ContractPorts,
  { params: { name }, newId, now, correlationId }: HttpRequest<typeof contractRoutes.testContract>,
): Promise<DataAnswer> {
  await contractOf(ports, name);
  const started: ContractTestRecord = { testId: newId('test'), name, startedAt: now };
  await ports.tests.save(started);
  await ports.order({ testId: started.testId, name, correlationId });
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const record = (await ports.tests.find(name, started.testId)) ?? started;
    if (record.result !== undefined || Date.now() >= end) return answerOf(record);
    await sleep(LOOK_EVERY_MS);
  }
}

function answerOf({ testId, name, startedAt, result }: ContractTestRecord): DataAnswer {
  if (result !== undefined) return { kind: 'data', status: 200, data: result };
  const status = Date.now() - Date.parse(startedAt) > LONGEST_RUN_MS ? 'failed' : 'running';
  const statusUrl = `/api/v1/services/${name}/contract/tests/${testId}`;
  return { kind: 'data', status: 202, data: { testId, status, statusUrl } };
}
