import type { ResourceName } from '../resource-name.ts';

/** `test/<singular>-input.test` of the generated project: what is accepted from a client and what is not. */
export function inputTests({ singular, plural }: ResourceName): string {
  return `import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startApi } from './api-client.ts';

const NAME = { field: 'name', message: 'must be a text of 1 to 100 characters' };
const DESCRIPTION = { field: 'description', message: 'must be null or at most 1000 characters' };
const LIMIT = { field: 'limit', message: 'must be a whole number from 1 to 100' };
const OFFSET = { field: 'offset', message: 'must be a whole number from 0, of at most 15 digits' };
const UNKNOWN = { field: 'nmae', message: 'is not a known field' };

const NOT_AN_OBJECT = [400, 'VALIDATION_ERROR', 'The body must be a JSON object, sent as application/json.'];
const NOT_JSON = [400, 'INVALID_JSON', 'The body is not JSON.'];
const TOO_LARGE = [413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 100 kB.'];
const OTHER_TYPE = [415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.'];

describe('the fields of each ${singular}', () => {
  test('can be a name alone, which loses the blanks around it', async (context) => {
    const call = await startApi(context);
    const { status, body } = await call('POST', '/${plural}', { name: '  Tidy  ' });
    assert.deepEqual([status, body.name, body.description], [201, 'Tidy', null]);
  });

  test('can be as long as the limits say, in any script', async (context) => {
    const call = await startApi(context);
    const longest = { name: '🦊'.repeat(100), description: '長'.repeat(1000) };
    const { status, body } = await call('POST', '/${plural}', longest);
    assert.equal(status, 201);
    assert.deepEqual({ ...body, ...longest }, body);
  });

  const refused = [
    { content: {}, details: [NAME] },
    { content: { name: null }, details: [NAME] },
    { content: { name: '' }, details: [NAME] },
    { content: { name: '   ' }, details: [NAME] },
    { content: { name: 1 }, details: [NAME] },
    { content: { name: ['a'] }, details: [NAME] },
    { content: { name: 'n'.repeat(101) }, details: [NAME] },
    { content: { name: ' '.repeat(101) }, details: [NAME] },
    { content: { name: 'Any', description: 1 }, details: [DESCRIPTION] },
    { content: { name: 'Any', description: 'd'.repeat(1001) }, details: [DESCRIPTION] },
    { content: { name: 7, description: {}, nmae: 'typo' }, details: [DESCRIPTION, NAME, UNKNOWN] },
  ];
  for (const { content, details } of refused) {
    test(\`cannot be \${JSON.stringify(content).slice(0, 40)}, and the answer lists every fault\`, async (context) => {
      const call = await startApi(context);
      const { status, body } = await call('POST', '/${plural}', content);
      assert.equal(status, 400);
      assert.deepEqual(body, { error: { code: 'VALIDATION_ERROR', message: 'The body is not valid.', details } });
    });
  }

  for (const method of ['PUT', 'PATCH']) {
    test(\`are left as they are by a \${method} that is not valid\`, async (context) => {
      const call = await startApi(context);
      const { body: before } = await call('POST', '/${plural}', { name: 'Unchanged' });
      const { status, body } = await call(method, \`/${plural}/\${before.id}\`, { name: '' });
      assert.deepEqual([status, body.error.details], [400, [NAME]]);
      assert.deepEqual((await call('GET', '/${plural}')).body.items, [before]);
      assert.equal((await call(method, '/${plural}/unknown', { name: '' })).status, 400);
    });
  }
});

describe('the body of a request', () => {
  const refused = [
    { content: undefined, answer: NOT_AN_OBJECT },
    { content: null, answer: NOT_AN_OBJECT },
    { content: [], answer: NOT_AN_OBJECT },
    { content: '"text"', answer: NOT_AN_OBJECT },
    { content: '{"name": ', answer: NOT_JSON },
    { content: { name: 'x'.repeat(150_000) }, answer: TOO_LARGE },
    { content: 'name=Form', type: 'text/plain', answer: OTHER_TYPE },
  ];
  for (const { content, type, answer } of refused) {
    test(\`cannot be \${JSON.stringify(content)?.slice(0, 40)} as \${type ?? 'JSON'}\`, async (context) => {
      const call = await startApi(context);
      const { status, body } = await call('POST', '/${plural}', content, type);
      assert.deepEqual([status, body.error.code, body.error.message], answer);
    });
  }
});

describe('the address of a request', () => {
  const refused = [
    { query: 'limit=0', details: [LIMIT] },
    { query: 'limit=101', details: [LIMIT] },
    { query: 'limit=ten', details: [LIMIT] },
    { query: 'limit=1&limit=2', details: [LIMIT] },
    { query: 'offset=-1', details: [OFFSET] },
    { query: 'limit=1.5&offset=1e3', details: [LIMIT, OFFSET] },
  ];
  for (const { query, details } of refused) {
    test(\`cannot ask for \${query}\`, async (context) => {
      const call = await startApi(context);
      const { status, body } = await call('GET', \`/${plural}?\${query}\`);
      assert.equal(status, 400);
      assert.deepEqual(body, { error: { code: 'VALIDATION_ERROR', message: 'The query is not valid.', details } });
    });
  }

  test('must be possible to decode', async (context) => {
    const call = await startApi(context);
    const { status, body } = await call('GET', '/${plural}/%E0%A4%A');
    assert.equal(status, 400);
    assert.deepEqual(body, { error: { code: 'BAD_REQUEST', message: 'The request cannot be read.' } });
  });
});
`;
}
