import type { SagaEvent } from '../../../contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../contracts/events/saga-events.v1.ts';
import type { SagaRow } from '../../../contracts/views/saga.model.ts';
import { sagaRow } from '../../../contracts/views/saga.model.ts';
import type { Projection } from '../../../shared/kernel/projection.ts';

/** One row a saga of a user: what `GET /sagas` finds. */
export const sagasProjection: Projection<SagaEvent, SagaRow> = { events: sagaEvents, project: sagaRow };
