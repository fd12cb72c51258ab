import type { ResourceName } from '../resource-name.ts';

/** `test/<plural>.test` of the generated project: the API as a client sees it, whatever it is made of. */
export function apiTests({ singular, plural, typeName }: ResourceName): string {
  return `import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ${typeName}Store } from '../src/${plural}/${singular}-store.ts';
import { startApi } from './api-client.ts';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

describe('the ${plural} API', () => {
  test('says that it is healthy', async (context) => {
    const call = await startApi(context);
    const { status, body } = await call('GET', '/health');
    assert.equal(status, 200);
    assert.deepEqual(body, { status: 'ok' });
  });

  test('creates one and gives it back', async (context) => {
    const call = await startApi(context);
    const created = await call('POST', '/${plural}', { name: ' First ', description: 'The first ${singular}' });
    assert.equal(created.status, 201);
    assert.equal(created.body.name, 'First');
    assert.equal(created.body.description, 'The first ${singular}');
    assert.equal(created.headers.get('location'), \`/${plural}/\${created.body.id}\`);

    const read = await call('GET', \`/${plural}/\${created.body.id}\`);
    assert.equal(read.status, 200);
    assert.deepEqual(read.body, created.body);
  });

  test('replaces one with PUT', async (context) => {
    const call = await startApi(context);
    const { body: before } = await call('POST', '/${plural}', { name: 'Old', description: 'Kept by PATCH only' });
    const { status, body } = await call('PUT', \`/${plural}/\${before.id}\`, { name: 'New' });
    assert.equal(status, 200);
    assert.deepEqual(body, { ...before, name: 'New', description: null, updatedAt: body.updatedAt });
  });

  test('changes only the given fields with PATCH', async (context) => {
    const call = await startApi(context);
    const { body: before } = await call('POST', '/${plural}', { name: 'Old', description: 'Stays' });
    const { status, body } = await call('PATCH', \`/${plural}/\${before.id}\`, { name: 'New' });
    assert.equal(status, 200);
    assert.deepEqual(body, { ...before, name: 'New', updatedAt: body.updatedAt });

    const cleared = await call('PATCH', \`/${plural}/\${before.id}\`, { description: null });
    assert.deepEqual(cleared.body, { ...body, description: null, updatedAt: cleared.body.updatedAt });
  });

  test('deletes one', async (context) => {
    const call = await startApi(context);
    const { body: created } = await call('POST', '/${plural}', { name: 'Short-lived' });
    assert.equal((await call('DELETE', \`/${plural}/\${created.id}\`, '')).status, 204);
    assert.equal((await call('GET', \`/${plural}/\${created.id}\`)).status, 404);
  });

  test('lists page by page, oldest first', async (context) => {
    const call = await startApi(context);
    for (const name of ['a', 'b', 'c', 'd']) await call('POST', '/${plural}', { name });
    const { body: all } = await call('GET', '/${plural}');
    assert.deepEqual({ ...all, items: all.items.length }, { items: 4, total: 4, limit: 20, offset: 0 });
    const { status, body } = await call('GET', '/${plural}?limit=2&offset=1');
    assert.equal(status, 200);
    assert.deepEqual(body, { items: all.items.slice(1, 3), total: 4, limit: 2, offset: 1 });
  });

  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    test(\`answers 404 to \${method} for an unknown id\`, async (context) => {
      const call = await startApi(context);
      const content = method === 'PUT' || method === 'PATCH' ? { name: 'Any' } : undefined;
      const { status, body } = await call(method, \`/${plural}/\${UNKNOWN_ID}\`, content);
      assert.equal(status, 404);
      assert.deepEqual(body, { error: { code: 'NOT_FOUND', message: 'There is no ${singular} with this id.' } });
    });
  }

  test('answers 404 in JSON for an unknown path', async (context) => {
    const call = await startApi(context);
    const { status, body } = await call('GET', '/nothing-here');
    assert.equal(status, 404);
    assert.deepEqual(body, { error: { code: 'NOT_FOUND', message: 'There is nothing at this method and path.' } });
  });

  test('an unexpected error is logged and answered as 500 without its message', async (context) => {
    const store = new ${typeName}Store();
    context.mock.method(store, 'list', () => {
      throw new Error('a secret of the server');
    });
    const logged = context.mock.method(console, 'error', () => {});
    const call = await startApi(context, store);
    const { status, body } = await call('GET', '/${plural}');
    assert.equal(status, 500);
    assert.deepEqual(body, {
      error: { code: 'INTERNAL_ERROR', message: 'The server failed to answer this request.' },
    });
    assert.equal(logged.mock.callCount(), 1);
  });
});
`;
}
