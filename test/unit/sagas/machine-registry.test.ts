import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MachineRegistry } from '../../../functions/sagas/adapters/machine-registry.ts';
import { dynamoMachineRegistry } from '../../../functions/sagas/adapters/machine-registry.ts';
import { dynamoSagaDefinitions } from '../../../functions/sagas/adapters/saga-definitions.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

const at = (time: string) => `2026-08-19T${time}.000Z`;
const [NOON, LATER] = [at('12:00:00'), at('12:30:00')];
const machine = { shape: 'shape-1', lastUsed: NOON };

let table: ReturnType<typeof memoryDocuments>;
let registry: MachineRegistry;
beforeEach(() => {
  // Two rows a page: what reads all must go through pages.
  table = memoryDocuments({ Definitions: ['kind', 'id'] }, 2);
  registry = dynamoMachineRegistry(dynamoClient(), 'Definitions');
});

const rows = () => [...table.rowsOf('Definitions').values()];

describe('a machine that is used', () => {
  it('is noted with the time, and answers what it was made from', async () => {
    expect(await registry.use('shape-1', NOON)).toEqual({ madeFrom: undefined });
    await registry.made('shape-1', 'text-1');
    expect(await registry.use('shape-1', LATER)).toEqual({ madeFrom: 'text-1' });
    expect(rows()).toEqual([{ kind: 'machine', id: 'shape-1', lastUsed: LATER, madeFrom: 'text-1' }]);
  });

  it('is one that nobody removes', async () => {
    await registry.use('shape-1', NOON);
    await registry.claim(machine, NOON);
    expect(await registry.use('shape-1', LATER)).toBe('removing');
    expect(rows()).toMatchObject([{ lastUsed: NOON }]);
  });

  it('is used again when it was kept, or when it is gone', async () => {
    await registry.use('shape-1', NOON);
    await registry.made('shape-1', 'text-1');
    await registry.claim(machine, NOON);
    await registry.letGo('shape-1', LATER);
    expect(rows()).toEqual([{ kind: 'machine', id: 'shape-1', lastUsed: LATER, madeFrom: 'text-1' }]);
    expect(await registry.use('shape-1', LATER)).toEqual({ madeFrom: 'text-1' });
    await registry.forget('shape-1');
    expect([rows(), await registry.use('shape-1', LATER)]).toEqual([[], { madeFrom: undefined }]);
  });

  it('is free again where its removal failed, and to be made anew where it is lost', async () => {
    await registry.use('shape-1', NOON);
    await registry.made('shape-1', 'text-1');
    await registry.claim(machine, NOON);
    await registry.letGo('shape-1');
    expect(rows()).toEqual([{ kind: 'machine', id: 'shape-1', lastUsed: NOON, madeFrom: 'text-1' }]);
    await registry.lost('shape-1');
    expect(rows()).toEqual([{ kind: 'machine', id: 'shape-1', lastUsed: NOON }]);
  });

  it('is not noted where the table cannot be written', async () => {
    table.mock.on(UpdateCommand).rejects(new Error('slow down'));
    await expect(registry.use('shape-1', NOON)).rejects.toThrow('slow down');
    await expect(registry.claim(machine, NOON)).rejects.toThrow('slow down');
  });
});

describe('machines that are not used', () => {
  it('are all that were used before a time, on however many pages, and nothing else', async () => {
    const definition = { id: 'shape-0', name: 'A definition', steps: [], timeout: 1 };
    await dynamoSagaDefinitions(dynamoClient(), 'Definitions').put(definition);
    for (const hour of [1, 2, 3, 4, 5, 6]) await registry.use(`shape-${hour}`, at(`0${hour}:00:00`));
    expect(await registry.unusedSince(at('06:00:00'))).toEqual(
      [1, 2, 3, 4, 5].map((hour) => ({ shape: `shape-${hour}`, lastUsed: at(`0${hour}:00:00`) })),
    );
    expect(await registry.unusedSince(at('01:00:00'))).toEqual([]);
  });
});

describe('a claim', () => {
  beforeEach(() => registry.use('shape-1', NOON));

  it('is given to the first who asks', async () => {
    expect(await registry.claim(machine, LATER)).toBe(true);
    expect(await registry.claim(machine, LATER)).toBe(false);
    expect(rows()).toMatchObject([{ lastUsed: NOON, removing: LATER }]);
  });

  it('is not given where the machine was used meanwhile', async () => {
    await registry.use('shape-1', LATER);
    expect(await registry.claim(machine, LATER)).toBe(false);
    expect(await registry.use('shape-1', LATER)).toEqual({ madeFrom: undefined });
  });

  it('is not given for a machine that there is not', async () => {
    expect(await registry.claim({ shape: 'shape-2', lastUsed: NOON }, LATER)).toBe(false);
    expect(rows()).toHaveLength(1);
  });

  it.each([
    ['12:59:59', false],
    ['13:00:00', false],
    ['13:00:01', true],
    ['23:00:00', true],
  ])('that was left behind is free again after an hour: %s', async (time, isFree) => {
    await registry.claim(machine, NOON);
    expect(await registry.claim(machine, at(time))).toBe(isFree);
    expect(await registry.claim(machine, at(time))).toBe(false);
  });
});

it('reads as the table stands', async () => {
  await registry.unusedSince(NOON);
  const calls = table.mock.calls().map(({ args: [{ input }] }) => input);
  expect(calls).toMatchObject([{ TableName: 'Definitions', ConsistentRead: true }]);
});
