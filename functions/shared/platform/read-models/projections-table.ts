import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ProjectionState } from '../../kernel/projection-state.ts';
import { INITIAL_STATE } from '../../kernel/projection-state.ts';

export interface ProjectionsTable {
  client: DynamoDBDocumentClient;
  table: string;
}

/** The key of what there is once a projection. */
export const projectionKey = (name: string, part: 'state' | 'checkpoint' | 'looked') => ({ name, part });

/** A state, and the number that guards it against two writers. */
export interface SeenState {
  state: ProjectionState;
  revision: number;
}

/** Consistent, so that whoever reads rows after a switch never reads those of before. */
export async function readState({ client, table }: ProjectionsTable, name: string): Promise<SeenState> {
  const call = new GetCommand({ TableName: table, Key: projectionKey(name, 'state'), ConsistentRead: true });
  const { Item } = await client.send(call);
  if (Item === undefined) return { state: INITIAL_STATE, revision: 0 };
  return { state: JSON.parse(Item.state as string) as ProjectionState, revision: Item.revision as number };
}
