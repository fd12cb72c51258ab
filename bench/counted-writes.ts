import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

/** What a projection wrote, each item of a transaction by itself. */
export interface Writes {
  rows: number;
  /** Changes of counts, which ride in transactions with their rows. */
  counts: number;
  /** What the projection knows of itself: its state, its checkpoint, places in the log. */
  places: number;
  /** Write units of all of them, by DynamoDB's own account. */
  units: number;
}

export interface WriteCounter {
  /** Everything since the last call of it. */
  take(): Writes;
}

interface CountedTables {
  readModels: string;
  projections: string;
}

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type Input = Record<string, unknown>;
interface Capacity {
  CapacityUnits?: number;
}
interface Answer {
  ConsumedCapacity?: Capacity | Capacity[];
}

const NONE: Writes = { rows: 0, counts: 0, places: 0, units: 0 };
const READS = ['BatchGetItem', 'GetItem', 'Query', 'Scan'];

/** Counts what goes through a client. Of every write it must be known what it is, or this counts something else than it says. */
export function countedWrites(client: DynamoDBDocumentClient, tables: CountedTables): WriteCounter {
  let counted = { ...NONE };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = args.input as Input;
        const writes = writesOf(commandName.replace(/Command$/, ''), input);
        if (writes.length === 0) return next(args);
        for (const write of writes) counted[kindOf(write, tables)] += 1;
        const answer = await next({ ...args, input: { ...input, ReturnConsumedCapacity: 'TOTAL' } as never });
        counted.units += unitsOf(answer.output as Answer);
        return answer;
      },
    { step: 'initialize', name: 'countedWrites' },
  );
  return {
    take() {
      const taken = counted;
      counted = { ...NONE };
      return taken;
    },
  };
}

function writesOf(operation: string, input: Input): Write[] {
  if (operation === 'PutItem') return [{ Put: input } as Write];
  if (operation === 'UpdateItem') return [{ Update: input } as unknown as Write];
  if (operation === 'DeleteItem') return [{ Delete: input } as Write];
  if (operation === 'TransactWriteItems') return input.TransactItems as Write[];
  if (READS.includes(operation)) return [];
  throw new Error(`A projection asked for ${operation}, which this cannot count.`);
}

/** Rows are put, counts are added to. */
function kindOf(
  { Put, Update, Delete }: Write,
  { readModels, projections }: CountedTables,
): 'rows' | 'counts' | 'places' {
  const table = (Put ?? Update ?? Delete)?.TableName;
  if (table === projections) return 'places';
  if (table === readModels && Put !== undefined) return 'rows';
  if (table === readModels && Update !== undefined) return 'counts';
  throw new Error(`A projection wrote to ${table} what this does not know.`);
}

function unitsOf({ ConsumedCapacity = [] }: Answer): number {
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
