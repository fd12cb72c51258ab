import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { SagaDefinition } from '../functions/contracts/api/saga-definition.ts';
import { executionName } from '../functions/contracts/sagas/execution-names.ts';
import { shapeOf } from '../functions/contracts/sagas/saga-shape.ts';
import type { BenchApi } from './bench-api.ts';
import { call } from './bench-api.ts';
import { loopbackServer } from './loopback-server.ts';
import { billedTransitions } from './measured-cloud.ts';

/** Billed transitions of a saga of a user: one that completes, and one whose last step is refused after all others. */
export interface SagaFigures {
  steps: number;
  completed: number;
  compensated: number;
}

const SERVICE = 'bench-steps';
const LIMIT_MS = 120_000;
const Saga = z.object({ data: z.object({ id: z.string(), status: z.string() }) });

/** @param machinesArn what the ARNs of all sagas' machines begin with */
export async function benchSagas(
  api: BenchApi,
  machinesArn: string,
  lengths: readonly number[],
): Promise<SagaFigures[]> {
  await using service = await loopbackServer(async ({ url = '' }) =>
    url.endsWith('/refuse') ? { status: 409, body: { code: 'NO', message: 'Never.' } } : { status: 200, body: {} },
  );
  await call(api, 'PUT', `/services/${SERVICE}`, { endpoint: service.origin });
  const figures: SagaFigures[] = [];
  for (const steps of lengths) {
    const completed = await transitionsOf(api, machinesArn, sagaOf(steps, 'do'), 'completed');
    const compensated = await transitionsOf(api, machinesArn, sagaOf(steps, 'refuse'), 'failed');
    figures.push({ steps, completed, compensated });
  }
  await call(api, 'DELETE', `/services/${SERVICE}`);
  return figures;
}

type Definition = z.infer<typeof SagaDefinition>;

function sagaOf(length: number, last: string): Definition {
  const steps = Array.from({ length }, (_, index) => ({
    ...{ id: `step-${index + 1}`, service: SERVICE, input: {}, compensation: 'undo' },
    action: index === length - 1 ? last : 'do',
  }));
  return SagaDefinition.parse({ id: 'bench', name: 'A saga of the bench', timeout: 600_000, steps });
}

async function transitionsOf(api: BenchApi, machinesArn: string, definition: Definition, end: string): Promise<number> {
  const started = Saga.parse(await call(api, 'POST', '/sagas', { definition })).data;
  const limit = performance.now() + LIMIT_MS;
  for (let { status } = started; status !== end; ) {
    if (performance.now() > limit) throw new Error(`The saga ${started.id} is ${status}, not ${end}.`);
    await sleep(250);
    status = Saga.parse(await call(api, 'GET', `/sagas/${started.id}`)).data.status;
  }
  const machine = `${machinesArn}${shapeOf(definition)}`.replace(':stateMachine:', ':execution:');
  return billedTransitions(`${machine}:${executionName({ sagaId: started.id, run: 1, number: 1 })}`);
}
