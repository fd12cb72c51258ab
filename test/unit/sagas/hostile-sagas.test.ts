import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import { compileSaga } from '../../../functions/contracts/sagas/compile-saga.ts';
import type { SagaDefinition } from '../../../functions/contracts/sagas/saga-definition.ts';
import { sagaStarter } from '../../../functions/sagas/adapters/saga-starter.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { memoryStepFunctions } from '../../support/sagas/memory-step-functions.ts';
import { sagaApi } from '../../support/sagas/saga-api.ts';
import { anySaga, hostileText, MARK } from '../../support/sagas/saga-samples.ts';
import { SETTINGS, userMachines } from '../../support/sagas/user-machines.ts';
import { DRILL, runs } from '../../support/seeds.ts';

captureLogLines();
const sfn = memoryStepFunctions();

/** What the API takes of a saga that is hostile wherever it may be: in its name, its inputs and its data. */
const allowed = (saga: SagaDefinition): SagaDefinition => ({
  ...saga,
  steps: saga.steps.map(({ compensation, ...step }) => ({
    ...{ ...step, service: 'billing', action: 'do' },
    ...(compensation !== undefined && { compensation: 'undo' }),
  })),
});
/** The same with nothing in it. */
const harmless = (saga: SagaDefinition): SagaDefinition => ({
  ...saga,
  name: 'A saga',
  steps: saga.steps.map((step) => ({ ...step, input: {} })),
});
const hostileData = fc.dictionary(hostileText, fc.oneof(hostileText, fc.array(hostileText)), { maxKeys: 3 });

it('no text of a user comes to Step Functions, on whatever way the saga is started', DRILL, () =>
  fc.assert(
    fc.asyncProperty(anySaga.map(allowed), hostileData, fc.boolean(), async (definition, data, isStored) => {
      const on = sagaApi();
      sfn.machines.clear();
      sfn.mock.resetHistory();
      expect((await on.put(definition, definition.id)).status).toBe(201);
      const saga = await on.started({ ...(isStored ? { definitionId: definition.id } : { definition }), data });
      await startedOnMachine(on, saga);
      const [machine] = [...sfn.machines.values()] as { definition: string }[];
      expect(machine?.definition).toBe(JSON.stringify(compileSaga(harmless(definition), SETTINGS.functions)));
      expect(JSON.stringify(sfn.mock.calls().map(({ args }) => args[0].input))).not.toContain(MARK);
      expect([...sfn.executions.values()].at(-1)?.input).toEqual({ sagaId: saga.id });
      expect(saga.data).toEqual(data);
    }),
    { numRuns: runs() },
  ),
);

async function startedOnMachine({ sagas }: ReturnType<typeof sagaApi>, { id }: SagaExecution): Promise<void> {
  const start = sagaStarter({ sagas, machines: userMachines().machines });
  await start({ data: { aggregateId: id } } as Parameters<typeof start>[0]);
}
