/** A table's part of a read request, and a single read. */
interface Keys {
  ConsistentRead?: boolean;
}

interface ReadRequest extends Keys {
  RequestItems?: Record<string, Keys>;
}

interface ReadAnswer {
  Item?: unknown;
  Items?: unknown[];
  Responses?: Record<string, unknown[]> | { Item?: unknown }[];
}

const BYTES_A_UNIT = 4096;

/**
 * Read request units of a DynamoDB call, from the bytes of what it answered: the emulator reports them flat. JSON is longer than an
 * item in DynamoDB, so this is an upper bound where nothing was filtered out. Calls that do not read take none.
 */
export function readUnits(operation: string, request: ReadRequest, answer: ReadAnswer): number {
  switch (operation) {
    case 'GetItem':
      return unitsOf(answer.Item, request);
    case 'Query':
    case 'Scan':
      return unitsOf(answer.Items, request);
    case 'BatchGetItem':
      return Object.entries(answer.Responses ?? {})
        .flatMap(([table, items]) => [items].flat().map((item) => unitsOf(item, request.RequestItems?.[table] ?? {})))
        .reduce((sum, units) => sum + units, 0);
    case 'TransactGetItems':
      return 2 * [answer.Responses ?? []].flat().reduce((sum, one) => sum + unitsOf(one, { ConsistentRead: true }), 0);
    default:
      return 0;
  }
}

/** Nothing found is read too: it takes the least there is. */
function unitsOf(read: unknown, { ConsistentRead = false }: Keys): number {
  const bytes = Buffer.byteLength(JSON.stringify(read ?? ''));
  return Math.max(Math.ceil(bytes / BYTES_A_UNIT), 1) * (ConsistentRead ? 1 : 0.5);
}
