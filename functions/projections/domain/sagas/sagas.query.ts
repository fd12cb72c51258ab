import { SagasParameters } from '../../../contracts/api/query.ts';
import type { SagaRow } from '../../../contracts/views/saga.model.ts';
import { rowsQuery } from '../read-model-query.ts';

export const sagasQuery = rowsQuery({
  parameters: SagasParameters,
  where: (filters): Partial<SagaRow> => filters,
  show: (saga: SagaRow) => saga,
});
