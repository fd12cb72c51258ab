import { describe, expect, it } from 'vitest';
import { ApiClient } from '../support/cloud/api-client.ts';
import { sharedServers } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { callsOf, endedSaga, sagaOf, startSaga } from '../support/cloud/saga-flow.ts';
import { CELLS, outcomeOfSeed, STEPS, serviceOf, settingsOf } from '../support/cloud/saga-matrix.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);

describe.concurrent('a saga of four steps, of which one', () => {
  it.each(CELLS)('$fault: $step', async (cell) => {
    const service = await servers.service(serviceOf(cell));
    const { id } = await startSaga(api, sagaOf(service.name, settingsOf(cell)));
    const saga = await endedSaga(api, id);
    expect({
      calls: callsOf(service),
      status: saga.status,
      completed: saga.completedSteps.map(({ stepId }) => stepId),
      compensations: saga.compensations.map(({ stepId, status }) => [stepId, status]),
    }).toEqual(outcomeOfSeed(cell));
    const keys = service.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(callsOf(service).map((call) => keyOf(id, call)));
    if (saga.status === 'failed') expect(saga).toMatchObject({ error: errorOf(cell), endTime: expect.any(String) });
  });
});

function keyOf(id: string, call: string): string {
  const [what, step] = call.split('-');
  return [id, step, 1, ...(what === 'undo' ? ['undo'] : [])].join(':');
}

function errorOf({ fault }: (typeof CELLS)[number]): { code: string } {
  return { code: fault === 'times out' || fault === 'never answers' ? 'TIMEOUT' : 'SERVICE_ERROR' };
}

it('has a cell for every step', () => {
  expect(new Set(CELLS.map(({ step }) => step))).toEqual(new Set(STEPS));
});
