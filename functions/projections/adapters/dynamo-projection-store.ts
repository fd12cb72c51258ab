import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ProjectionName } from '../../contracts/projections.ts';
import type { ProjectionState } from '../../shared/kernel/projection-state.ts';
import { put, unmoved, update } from '../../shared/platform/dynamo-transaction.ts';
import type { ProjectionsTable } from '../../shared/platform/read-models/projections-table.ts';
import { projectionKey, readState } from '../../shared/platform/read-models/projections-table.ts';
import type { Checkpoint, ProjectionStore } from './projection-store.ts';

/** One item for the state, one for the checkpoint, one for the look at what is behind it: each is written by others and at other times. */
export function dynamoProjectionStore(at: ProjectionsTable): ProjectionStore {
  return {
    read: (name) => readState(at, name),
    write: (name, state, seen) => write(at, { name, state, seen }),
    checkpoint: (name) => placed<Checkpoint>(at, name, 'checkpoint'),
    advance: (name, checkpoint) => moveOn(at, projectionKey(name, 'checkpoint'), checkpoint),
    looked: async (name) => (await placed<Pick<Checkpoint, 'position'>>(at, name, 'looked'))?.position,
    lookedTo: (name, position) => moveOn(at, projectionKey(name, 'looked'), { position }),
  };
}

interface StateWrite {
  name: ProjectionName;
  state: ProjectionState;
  seen: number;
}

function write({ client, table }: ProjectionsTable, { name, state, seen }: StateWrite): Promise<boolean> {
  return put(client, {
    TableName: table,
    Item: { ...projectionKey(name, 'state'), state: JSON.stringify(state), revision: seen + 1 },
    ...unmoved('revision', seen, 'part'),
  });
}

async function placed<Place>({ client, table }: ProjectionsTable, name: string, part: 'checkpoint' | 'looked') {
  const call = new GetCommand({ TableName: table, Key: projectionKey(name, part), ConsistentRead: true });
  const { Item } = await client.send(call);
  if (Item === undefined) return undefined;
  const { name: _, part: __, ...place } = Item;
  return place as Place;
}

async function moveOn(
  { client, table }: ProjectionsTable,
  Key: Record<string, string>,
  { position, updatedAt = '' }: { position: string; updatedAt?: string },
): Promise<void> {
  await update(client, {
    TableName: table,
    Key,
    UpdateExpression: 'SET #position = :position, updatedAt = :at',
    ConditionExpression: 'attribute_not_exists(part) OR #position < :position',
    ExpressionAttributeNames: { '#position': 'position' },
    ExpressionAttributeValues: { ':position': position, ':at': updatedAt },
  });
}
