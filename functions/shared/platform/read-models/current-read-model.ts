import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../../contracts/env.ts';
import type { ReadModel } from '../../../contracts/read-model.ts';
import { invalid } from '../../kernel/errors.ts';
import type { ProjectionState } from '../../kernel/projection-state.ts';
import { listOfCursor } from '../cursor.ts';
import { requireEnv } from '../env.ts';
import { dynamoReadModels } from './dynamo-read-models.ts';
import type { ProjectionsTable } from './projections-table.ts';
import { readState } from './projections-table.ts';
import type { ReadModelReader } from './read-models.ts';

export interface ReadModelTables extends ProjectionsTable {
  rows: string;
}

/**
 * A read model as readers see it: the generation that its projection names at the moment of the call. A list goes on in the generation
 * in which it was begun, as long as that is there.
 */
export function currentReadModel<Row extends object>(
  tables: ReadModelTables,
  model: ReadModel<Row>,
): ReadModelReader<Row> {
  const of = async (cursor?: string) => {
    const { state } = await readState(tables, model.name);
    const generation = cursor === undefined ? state.generation : generationOf(cursor, model.name, state);
    return dynamoReadModels(tables.client, tables.rows, { ...model, generation });
  };
  return {
    query: async (query) => (await of(query.cursor)).query(query),
    counts: async (keys) => (await of()).counts(keys),
  };
}

/** A cursor of another list is refused later, by the list. */
function generationOf(cursor: string, name: string, { generation, retired }: ProjectionState): number {
  const [of, begun] = listOfCursor(cursor).split('#');
  if (of !== name || begun === undefined || Number(begun) === generation) return generation;
  if (Object.hasOwn(retired, begun)) return Number(begun);
  throw invalid([{ path: 'cursor', message: 'is of a list that has been rebuilt since; begin again' }]);
}

/** The same, in the tables that the function's environment names. */
export function ownReadModel<Row extends object>(
  client: DynamoDBDocumentClient,
  model: ReadModel<Row>,
): ReadModelReader<Row> {
  const tables = { client, table: requireEnv(ENV.projectionsTable), rows: requireEnv(ENV.readModelsTable) };
  return currentReadModel(tables, model);
}
