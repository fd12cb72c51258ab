import { describe, expect, it } from 'vitest';
import { agentServiceContract } from '../../../../functions/agents/domain/agent-service.contract.ts';
import type { ServiceContract } from '../../../../functions/contracts/service-contract.ts';
import { ServiceContract as ContractSchema } from '../../../../functions/contracts/service-contract.ts';
import { sagaIdOf } from '../../../../functions/contracts/task-ids.ts';
import type { ContractCall } from '../../../../functions/services/adapters/contract-tester.ts';
import { schemaEngine, testContract } from '../../../../functions/services/adapters/contract-tester.ts';
import { contractFaults } from '../../../../functions/services/domain/contracts/json-schema-rules.ts';
import { isAppError } from '../../../../functions/shared/kernel/errors.ts';
import type { SagaService } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { LATER } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { operationOf } from '../../../../functions/shared/platform/sagas/step-call.ts';
import { storageService } from '../../../../functions/storage/adapters/storage-service.ts';
import { storageServiceContract } from '../../../../functions/storage/domain/storage-service.contract.ts';
import { AgentWorld, callOf, contextOf } from '../../../support/agents/memory-agent-world.ts';
import { memoryEventLog } from '../../../support/log/memory-event-log.ts';
import { memoryFileStore } from '../../../support/tasks/memory-file-store.ts';
import { TASK_ID } from '../../../support/tasks/task-samples.ts';
import { leased, offered, storeOf, workDone } from '../../../support/tasks/task-stories.ts';

/** Where each call is made: what happened in one case must not help or hinder the next. */
type World = (taskId: string) => Promise<SagaService>;

/** The task that an input names, in a step's input or in a compensation's. */
function taskIn(input: unknown): string {
  const { taskId, sagaData } = Object(input) as { taskId?: unknown; sagaData?: { taskId?: unknown } };
  const named = taskId ?? sagaData?.taskId;
  return typeof named === 'string' && named.startsWith('task_') ? named : TASK_ID;
}

/** Calls a service as a saga does. Only what it throws as an answer of its own is one. */
function callsTo(world: World): ContractCall {
  return async (operation, input) => {
    const taskId = taskIn(input);
    const service = await world(taskId);
    try {
      const result = await operationOf(service, operation).run(
        input as Record<string, unknown>,
        contextOf(taskId, operation),
      );
      return { output: result === LATER ? { later: true } : result };
    } catch (error) {
      if (!isAppError(error)) return { error: { code: undefined, message: String(error), answered: false } };
      return { error: { code: error.code, message: error.message, answered: true } };
    }
  };
}

async function failures(contract: ServiceContract, world: World): Promise<string[]> {
  const result = await testContract({
    service: 'built-in',
    contract,
    call: callsTo(world),
    now: () => '2026-08-19T10:00:00Z',
  });
  expect(result.operations.map(({ testCases }) => testCases.length > 0)).toEqual(contract.operations.map(() => true));
  return result.operations.flatMap(({ operation, testCases }) =>
    testCases.flatMap(({ error }) => (error === null ? [] : [`${operation}: ${error}`])),
  );
}

it.each([
  ['agent-service', agentServiceContract, ['assign', 'execute', 'release']],
  ['storage-service', storageServiceContract, ['store', 'remove']],
])(
  'the contract of %s is one that anybody could store, and names all that it does',
  async (name, contract, operations) => {
    expect(ContractSchema.parse(contract)).toEqual(contract);
    expect(contractFaults(contract, schemaEngine())).toEqual([]);
    const service =
      name === 'agent-service'
        ? new AgentWorld().feature.service
        : storageService({ log: memoryEventLog(), files: memoryFileStore() });
    expect(Object.keys(service).sort()).toEqual([...operations].sort());
    expect(contract.operations.map((each) => each.name)).toEqual(operations);
  },
);

/** How far the work has come when a call is made. */
const works: [string, (world: AgentWorld, taskId: string) => Promise<unknown>][] = [
  ['is not known', async () => undefined],
  ['waits', (world, taskId) => world.offer(taskId)],
  ['is in the hands of an agent', async (world, taskId) => [await world.offer(taskId), await world.claimed('agent_1')]],
  [
    'is done',
    async (world, taskId) => {
      await world.offer(taskId);
      await world.feature.leases.complete(callOf(await world.claimed('agent_1')), { summary: '', files: [] });
    },
  ],
  ['was withdrawn', async (world, taskId) => [await world.offer(taskId), await world.release(taskId)]],
];

describe('agent-service keeps its contract where the work', () => {
  it.each(works)('%s', async (_, comesTo) => {
    const found = await failures(agentServiceContract, async (taskId) => {
      const world = new AgentWorld();
      await world.register('agent_1');
      await comesTo(world, taskId);
      return world.feature.service;
    });
    expect(found).toEqual([]);
  });
});

describe('storage-service', () => {
  const doneWork: World = async (taskId) => {
    const log = memoryEventLog();
    const files = memoryFileStore();
    for (const event of [offered, leased('agent_1'), workDone('agent_1')]) await storeOf(log, event, taskId);
    files.objects.set(`staging/${taskId}/lease_1/src/index.ts`, 'abc');
    return storageService({ log, files });
  };

  it('keeps its contract', async () => {
    expect(await failures(storageServiceContract, doneWork)).toEqual([]);
  });

  it('is found out where it does not', async () => {
    const [store] = storageServiceContract.operations;
    const contract = {
      ...storageServiceContract,
      operations: [{ ...store, output: { type: 'string' } }],
    } as ServiceContract;
    expect((await failures(contract, doneWork))[0]).toContain('store: Output does not match schema: must be string');
  });

  it('clears nothing for what is no task', async () => {
    const files = memoryFileStore();
    files.objects.set('tasks/undefined/a', 'x');
    const { store, remove } = storageService({ log: memoryEventLog(), files });
    const context = contextOf(TASK_ID, 'store');
    const refusal = { code: 'VALIDATION_ERROR', details: [expect.objectContaining({ path: 'taskId' })] };
    await expect(store?.abandon?.({}, context)).rejects.toMatchObject(refusal);
    await expect(remove?.run({ sagaData: { taskId: `${TASK_ID}/..` } }, context)).rejects.toMatchObject(refusal);
    expect(files.objects.size).toBe(1);
  });
});

it('agent-service does nothing for a saga that does not say what work it is', async () => {
  const world = new AgentWorld();
  const { assign, release } = world.feature.service;
  const context = contextOf(TASK_ID, 'assign');
  const refusal = { code: 'VALIDATION_ERROR', retryable: false };
  await expect(assign?.run({ taskId: TASK_ID }, context)).rejects.toMatchObject(refusal);
  await expect(assign?.abandon?.({ taskId: TASK_ID }, context)).rejects.toMatchObject(refusal);
  await expect(release?.run({}, context)).rejects.toMatchObject(refusal);
  expect((await world.log.load(sagaIdOf(TASK_ID).replace('saga', 'work'))).commits).toEqual([]);
});
