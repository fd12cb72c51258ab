import { describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../functions/contracts/events/saga-events.v1.ts';
import type { SagaRow } from '../../../functions/contracts/views/saga.model.ts';
import { sagaReadModel, sagaRow } from '../../../functions/contracts/views/saga.model.ts';
import { sagaView } from '../../../functions/contracts/views/saga.view.ts';
import {
  begun,
  cancelWanted,
  done,
  ended,
  FULL,
  flightFailed,
  notUndone,
  stepDone,
  stepStarted,
  turnedBack,
  undone,
} from '../../support/sagas/saga-events.ts';
import { SAGA_ID } from '../../support/sagas/saga-samples.ts';
import { recordedAs } from '../../support/tasks/given.ts';

const fold = (events: readonly SagaEvent[]) => {
  const recorded = recordedAs(sagaEvents, SAGA_ID, events);
  return [
    recorded.reduce<SagaRow | undefined>(sagaRow, undefined),
    recorded.reduce<ReturnType<typeof sagaView> | undefined>(sagaView, undefined),
  ] as const;
};
const resumed: SagaEvent = { type: 'SagaResumed', data: { fromStep: 'flight', input: {} } };
const failed = [...done, turnedBack('check', FULL), notUndone, ended('check', FULL)];

describe("a saga's row", () => {
  it.each([
    ['running', begun.slice(0, 1)],
    ['running', begun],
    ['running', [...begun, flightFailed]],
    ['running', [...done, stepStarted('check'), stepDone('check'), cancelWanted]],
    ['compensating', [...done, turnedBack('check', FULL)]],
    ['compensating', [...done, turnedBack('check', FULL), undone]],
    ['failed', failed],
    ['failed', [...failed, undone]],
    ['running', [...failed, resumed]],
    ['running', [...failed, resumed, stepStarted('flight')]],
    ['completed', [...done, { type: 'SagaCompleted', data: {} }]],
  ] as [SagaRow['status'], SagaEvent[]][])('is %s, as its view is: %#', (status, events) => {
    const [row, saga] = fold(events);
    const { endTime = null, definition } = saga as NonNullable<typeof saga>;
    const { id: definitionId, name } = definition;
    const startTime = '2026-08-19T10:11:12.345Z';
    expect(row).toEqual({ id: SAGA_ID, definitionId, name, status, startTime, endTime, version: expect.any(Number) });
    // What changes nothing of the row may have come since.
    expect(row?.version).toBeLessThanOrEqual(saga?.version ?? 0);
    expect(endTime === null).toBe(status !== 'completed' && status !== 'failed');
    expect(saga).toMatchObject({ id: SAGA_ID, status, startTime: '2026-08-19T10:11:12.345Z' });
  });

  it('throws where a history does not begin with the start', () => {
    expect(() => fold([cancelWanted])).toThrow(`${SAGA_ID} begins with SagaCancelRequested instead of SagaStarted`);
  });

  it('is found by its id and its status, the newest start first', () => {
    const [row] = fold(begun);
    expect(sagaReadModel.idOf(row as SagaRow)).toBe(SAGA_ID);
    expect(sagaReadModel.sortKeyOf(row as SagaRow)).toBe('2026-08-19T10:11:12.345Z');
    expect(Object.values(sagaReadModel.indexes)).toEqual(['status']);
  });
});
