import type { ResourceName } from '../resource-name.ts';

/** `test/<plural>.test.ts` of the generated project: the API as a client sees it. */
export function apiTests({ singular, plural, typeName }: ResourceName): string {
  return `import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createApp } from '../src/app.ts';
import type { ErrorBody } from '../src/errors.ts';
import type { ${typeName} } from '../src/${plural}/${singular}.ts';
import { ${typeName}Store } from '../src/${plural}/${singular}-store.ts';

interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

interface List {
  items: ${typeName}[];
  total: number;
  limit: number;
  offset: number;
}

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
let server: Server;

/** A free port of this machine alone. */
async function serve(app = createApp()): Promise<void> {
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function close(): void {
  server.close();
  server.closeAllConnections();
}

async function send<T>(method: string, path: string, text?: string, type = 'application/json'): Promise<Answer<T>> {
  const { port } = server.address() as AddressInfo;
  const body = text === undefined ? {} : { body: text, headers: { 'content-type': type } };
  const response = await fetch(\`http://127.0.0.1:\${port}\${path}\`, { method, ...body });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer === '' ? undefined : JSON.parse(answer) };
}

function sendJson<T = ${typeName}>(method: string, path: string, value: unknown): Promise<Answer<T>> {
  return send<T>(method, path, JSON.stringify(value));
}

describe('the ${plural} API', () => {
  beforeEach(() => serve());
  afterEach(close);

  test('says that it is healthy', async () => {
    const { status, body } = await send('GET', '/health');
    assert.equal(status, 200);
    assert.deepEqual(body, { status: 'ok' });
  });

  test('creates one and gives it back', async () => {
    const created = await sendJson('POST', '/${plural}', { name: ' First ', description: 'The first ${singular}' });
    assert.equal(created.status, 201);
    assert.equal(created.body.name, 'First');
    assert.equal(created.body.description, 'The first ${singular}');
    assert.equal(created.headers.get('location'), \`/${plural}/\${created.body.id}\`);

    const read = await send('GET', \`/${plural}/\${created.body.id}\`);
    assert.equal(read.status, 200);
    assert.deepEqual(read.body, created.body);
  });

  test('replaces one with PUT', async () => {
    const { body: before } = await sendJson('POST', '/${plural}', { name: 'Old', description: 'Kept by PATCH only' });
    const { status, body } = await sendJson('PUT', \`/${plural}/\${before.id}\`, { name: 'New' });
    assert.equal(status, 200);
    assert.deepEqual(body, { ...before, name: 'New', description: null, updatedAt: body.updatedAt });
  });

  test('changes only the given fields with PATCH', async () => {
    const { body: before } = await sendJson('POST', '/${plural}', { name: 'Old', description: 'Stays' });
    const { status, body } = await sendJson('PATCH', \`/${plural}/\${before.id}\`, { name: 'New' });
    assert.equal(status, 200);
    assert.deepEqual(body, { ...before, name: 'New', updatedAt: body.updatedAt });
  });

  test('deletes one', async () => {
    const { body: created } = await sendJson('POST', '/${plural}', { name: 'Short-lived' });
    assert.equal((await send('DELETE', \`/${plural}/\${created.id}\`)).status, 204);
    assert.equal((await send('GET', \`/${plural}/\${created.id}\`)).status, 404);
  });

  test('lists page by page, oldest first', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await sendJson('POST', '/${plural}', { name });
    const { status, body } = await send<List>('GET', '/${plural}?limit=2&offset=1');
    assert.equal(status, 200);
    const names = body.items.map(({ name }) => name);
    assert.deepEqual({ ...body, items: names }, { items: ['b', 'c'], total: 4, limit: 2, offset: 1 });
  });

  for (const query of ['limit=0', 'limit=101', 'limit=ten', 'limit=1&limit=2', 'offset=-1', 'offset=1.5']) {
    test(\`refuses to list with \${query}\`, async () => {
      const { status, body } = await send<ErrorBody>('GET', \`/${plural}?\${query}\`);
      assert.equal(status, 400);
      assert.equal(body.error.details?.[0]?.field, query.split('=')[0]);
    });
  }

  for (const method of ['POST', 'PUT', 'PATCH']) {
    test(\`answers 400 to a \${method} that is not valid, and changes nothing\`, async () => {
      const { body: before } = await sendJson('POST', '/${plural}', { name: 'Unchanged' });
      const path = method === 'POST' ? '/${plural}' : \`/${plural}/\${before.id}\`;
      const { status, body } = await sendJson<ErrorBody>(method, path, { name: '' });
      assert.equal(status, 400);
      assert.equal(body.error.code, 'VALIDATION_ERROR');
      assert.deepEqual((await send<List>('GET', '/${plural}')).body.items, [before]);
    });
  }

  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    test(\`answers 404 to \${method} for an unknown id\`, async () => {
      const text = method === 'GET' || method === 'DELETE' ? undefined : '{"name":"Any"}';
      const { status, body } = await send<ErrorBody>(method, \`/${plural}/\${UNKNOWN_ID}\`, text);
      assert.equal(status, 404);
      assert.equal(body.error.message, 'There is no ${singular} with this id.');
    });
  }

  test('answers 404 in JSON for an unknown path', async () => {
    const { status, body } = await send<ErrorBody>('GET', '/nothing-here');
    assert.equal(status, 404);
    assert.equal(body.error.code, 'NOT_FOUND');
  });

  test('answers 400 for malformed JSON and for a malformed path', async () => {
    const malformedJson = await send<ErrorBody>('POST', '/${plural}', '{"name": ');
    assert.deepEqual([malformedJson.status, malformedJson.body.error.code], [400, 'INVALID_JSON']);
    const malformedPath = await send<ErrorBody>('GET', '/${plural}/%E0%A4%A');
    assert.deepEqual([malformedPath.status, malformedPath.body.error.code], [400, 'BAD_REQUEST']);
  });

  test('answers 413 for a body that is too large', async () => {
    const { status, body } = await sendJson<ErrorBody>('POST', '/${plural}', { name: 'x'.repeat(150_000) });
    assert.deepEqual([status, body.error.code], [413, 'PAYLOAD_TOO_LARGE']);
  });

  test('answers 415 for a body that is not JSON', async () => {
    const { status, body } = await send<ErrorBody>('POST', '/${plural}', 'name=Form', 'text/plain');
    assert.deepEqual([status, body.error.code], [415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

test('an unexpected error is logged and answered as 500 without its message', async (context) => {
  class BrokenStore extends ${typeName}Store {
    override list(): never {
      throw new Error('a secret of the server');
    }
  }
  const logged = context.mock.method(console, 'error', () => {});
  await serve(createApp(new BrokenStore()));
  context.after(close);

  const { status, body } = await send<ErrorBody>('GET', '/${plural}');
  assert.equal(status, 500);
  assert.deepEqual(body.error, { code: 'INTERNAL_ERROR', message: 'The server failed to answer this request.' });
  assert.equal(logged.mock.callCount(), 1);
});
`;
}
