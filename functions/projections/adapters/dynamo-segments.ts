import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { ProjectionName } from '../../contracts/projections.ts';
import { put, unmoved } from '../../shared/platform/dynamo-transaction.ts';
import type { ProjectionsTable } from '../../shared/platform/read-models/projections-table.ts';
import { beginningWith } from './projection-parts.ts';
import type { Segment, Segments } from './projection-store.ts';

/** Long after the rebuild that needed them. */
const KEPT_S = 7 * 24 * 3600;

/** Rows `segment#<generation>#<number>` of a projection. */
export function dynamoSegments(at: ProjectionsTable): Segments {
  return {
    read: (name, generation) => read(at, name, generation),
    save: (name, generation, segment) => save(at, { name, generation }, segment),
  };
}

const beginningOf = (generation: number) => `segment#${generation}#`;

async function read({ client, table }: ProjectionsTable, name: string, generation: number): Promise<Segment[]> {
  const segments: Segment[] = [];
  const pages = paginateQuery({ client }, beginningWith(table, name, beginningOf(generation)));
  for await (const { Items = [] } of pages)
    segments.push(...Items.map(({ name: _, part: __, expiresAt: ___, ...segment }) => segment as Segment));
  return segments;
}

interface Of {
  name: ProjectionName;
  generation: number;
}

function save({ client, table }: ProjectionsTable, { name, generation }: Of, segment: Segment): Promise<boolean> {
  return put(client, {
    TableName: table,
    Item: {
      name,
      part: `${beginningOf(generation)}${segment.segment}`,
      ...segment,
      expiresAt: Math.floor(Date.now() / 1000) + KEPT_S,
    },
    ...unmoved('saves', segment.saves - 1, 'part'),
  });
}
