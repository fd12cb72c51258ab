import { beforeEach, describe, expect, it } from 'vitest';
import type { SagaDefinitionBody } from '../../../functions/contracts/api/saga-definition.ts';
import { dynamoMachineRegistry } from '../../../functions/sagas/adapters/machine-registry.ts';
import type { SagaDefinitions } from '../../../functions/sagas/adapters/saga-definitions.ts';
import { dynamoSagaDefinitions } from '../../../functions/sagas/adapters/saga-definitions.ts';
import { cursorTo } from '../../../functions/shared/platform/cursor.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

let table: ReturnType<typeof memoryDocuments>;
let definitions: SagaDefinitions;
beforeEach(async () => {
  // Three rows a page: what reads all must go through pages.
  table = memoryDocuments({ Definitions: ['kind', 'id'] }, 3);
  definitions = dynamoSagaDefinitions(dynamoClient(), 'Definitions');
  // Machines are rows beside, and no definitions.
  await dynamoMachineRegistry(dynamoClient(), 'Definitions').use('b', '2026-08-19T10:00:00.000Z');
});

const step = { id: 'flight', service: 'billing', action: 'book', input: {}, timeout: 30_000, retries: 0 };
const definition = (id: string, more: Partial<SagaDefinitionBody> = {}): SagaDefinitionBody => ({
  ...{ id, name: 'A trip', steps: [step], timeout: 1000 },
  ...more,
});
async function put(...ids: string[]) {
  for (const id of ids) await definitions.put(definition(id));
}
const idsOf = ({ items }: { items: SagaDefinitionBody[] }) => items.map(({ id }) => id);

/** From the first page to the last. */
async function listed(limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null | undefined;
  do {
    const page = await definitions.list({ limit, ...(cursor && { cursor }) });
    pages.push(idsOf(page));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return pages;
}

describe('the definitions of sagas', () => {
  it('are kept by their ids, each as it was put last', async () => {
    expect(await definitions.put(definition('trip'))).toBe(true);
    expect(await definitions.put(definition('trip', { name: 'Another' }))).toBe(false);
    expect(await definitions.put(definition('tour'))).toBe(true);
    expect(await definitions.find('trip')).toEqual(definition('trip', { name: 'Another' }));
    expect(await definitions.find('none')).toBeUndefined();
  });

  it.each([
    ['nested deeper than DynamoDB goes', JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)],
    ['with a name that is empty', { '': { '': '' } }],
    ['with a name that objects have', JSON.parse('{"__proto__":{"a":1},"constructor":null}')],
    ['with large numbers', { a: 1e300, b: -0.1, c: 9_007_199_254_740_991 }],
    ['with texts in all alphabets', { text: 'Ж 🦊 \u0000 "{%' }],
  ])('come back as they were: %s', async (_, input) => {
    const put = definition('trip', { steps: [{ ...step, input }] });
    await definitions.put(put);
    expect(JSON.stringify(await definitions.find('trip'))).toBe(JSON.stringify(put));
  });

  it('are removed once', async () => {
    await put('trip', 'tour');
    expect([await definitions.remove('trip'), await definitions.remove('trip')]).toEqual([true, false]);
    expect([await definitions.find('trip'), await definitions.find('tour')]).toEqual([undefined, definition('tour')]);
  });

  it('are counted on all pages', async () => {
    expect(await definitions.count()).toBe(0);
    await put('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(await definitions.count()).toBe(7);
  });

  it('are read as the table stands', async () => {
    await definitions.find('trip');
    await definitions.list({ limit: 1 });
    await definitions.count();
    const reads = table.mock.calls().slice(-3);
    expect(reads.map(({ args: [{ input }] }) => (input as { ConsistentRead?: boolean }).ConsistentRead)).toEqual(
      Array(3).fill(true),
    );
  });
});

describe('the list of definitions', () => {
  it('is empty where there is none', async () => {
    expect(await definitions.list({ limit: 25 })).toEqual({ items: [], nextCursor: null });
  });

  it.each([1, 2, 3, 4, 100])('names each once, by its id, %i a page', async (limit) => {
    await put('c', 'a', 'B', 'd-1', 'd');
    const pages = await listed(limit);
    expect(pages.flat()).toEqual(['B', 'a', 'c', 'd', 'd-1']);
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
  });

  it('goes on behind its last one, whatever was put or removed before', async () => {
    await put('a', 'c', 'd');
    const { nextCursor } = await definitions.list({ limit: 2 });
    await definitions.remove('c');
    await put('b');
    expect(idsOf(await definitions.list({ limit: 2, cursor: nextCursor ?? '' }))).toEqual(['d']);
  });

  it.each([
    ['another text', 'nothing'],
    ['that of another list', cursorTo('services', { id: 'a' })],
    ['one with more in it', cursorTo('saga-definitions', { id: 'a', kind: 'machine' })],
    ['one with an empty place', cursorTo('saga-definitions', { id: '' })],
  ])('knows its own cursors: not %s', async (_, cursor) => {
    await expect(definitions.list({ limit: 2, cursor })).rejects.toMatchObject({
      ...{ code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] },
    });
  });
});
