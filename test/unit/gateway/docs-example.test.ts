import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { RouteContract } from '../../../functions/contracts/api/route.ts';
import { openApiDocument } from '../../../functions/gateway/adapters/openapi.ts';
import { curlOf, exampleOf } from '../../../functions/gateway/domain/docs-example.ts';
import { docsPage } from '../../../functions/gateway/domain/docs-page.ts';
import { contracts } from '../../support/api/api-routes.ts';
import { articleOf, decoded } from './markup.ts';

const routes = await contracts();
const page = docsPage(openApiDocument(routes));
/** Tells the words that a shell gives it, in the place of the real one. */
const CURL = `curl() { printf '%s\\0' "$@"; }; API=https://api.example KEY=the-key;`;

function wordsOf(example: string, variables = ''): string[] {
  const printed = execFileSync('bash', ['-c', `${CURL} ${variables} ${example}`], { encoding: 'utf8' });
  return printed.split('\0').slice(0, -1);
}

/** What the page says to type, as a shell understands it. */
function exampleOn({ id, path }: RouteContract): string[] {
  const [, example = ''] = /<pre tabindex="0"><code>([^<]*)<\/code>/.exec(articleOf(page, `call-${id}`)) ?? [];
  const variables = [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => `${name}=its-${name};`);
  return wordsOf(decoded(example), variables.join(' '));
}

const following = (words: string[], flag: string) => words.flatMap((word, at) => (words[at - 1] === flag ? word : []));

describe('the example of a call', () => {
  it.each(routes)('sends $id to its address by its method, with a key where one is needed', (contract) => {
    const words = exampleOn(contract);
    const address = contract.path.replace(/\{(\w+)\+?\}/g, 'its-$1');
    expect(words.find((word) => word.startsWith('https:'))).toBe(`https://api.example${address}`);
    const implied = words.includes('-d') ? 'POST' : 'GET';
    expect(following(words, '-X')[0] ?? implied).toBe(contract.method);
    const keys = following(words, '-H').filter((header) => header === 'Authorization: Bearer the-key');
    expect(keys).toHaveLength(contract.scope === null ? 0 : 1);
  });

  // A body that cannot be made up from its schema needs `examples` in its contract's meta.
  it.each(routes.filter(({ body }) => body))('sends $id a body that its contract takes', (contract) => {
    const words = exampleOn(contract);
    const [json] = following(words, '-d');
    expect(contract.body?.safeParse(JSON.parse(json ?? '{}')).error?.issues).toBeUndefined();
    expect(following(words, '-H').includes('content-type: application/json')).toBe(json !== undefined);
  });
});

describe('an example', () => {
  it('is what the schema itself names', () => {
    const named = [{ examples: ['a', 'b'], default: 'c' }, { default: 0 }, { const: 'x' }, { enum: ['y', 'z'] }];
    expect(named.map((schema) => exampleOf({ type: 'string', ...schema }, {}))).toEqual(['a', 0, 'x', 'y']);
  });

  it.each([
    [{ type: 'string' }, 'field'],
    [{ type: 'string', minLength: 8 }, 'field...'],
    [{ type: 'string', maxLength: 3 }, 'fie'],
    [{ type: 'string', pattern: '^[A-Z]+$' }, 'FIELD'],
    [{ type: 'string', pattern: '^[0-9a-f]{64}$' }, '0'.repeat(64)],
    [{ type: 'string', pattern: '(' }, '…'],
    [{ type: 'string', format: 'uri' }, 'https://example.com/'],
    [{ type: ['string', 'null'] }, 'field'],
    [{ type: 'integer', minimum: 5 }, 5],
    [{ type: 'integer', minimum: 0, maximum: 0 }, 0],
    [{ type: 'boolean' }, false],
    [{ type: 'null' }, null],
    [{ type: 'array', items: { type: 'integer' } }, [1]],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
    [{ type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] }, { a: 'a' }],
    [{ type: 'object', properties: { a: { type: 'string' } } }, { a: 'a' }],
    [{ $ref: '#/components/schemas/Nobodys' }, {}],
  ])('for %j', (schema, value) => {
    expect(exampleOf(schema, {}, 'field')).toEqual(value);
  });

  it('of a schema that holds itself comes to an end', () => {
    const schemas = { Ring: { type: 'object', properties: { next: { $ref: '#/Ring' } }, required: ['next'] } };
    expect(JSON.stringify(exampleOf({ $ref: '#/Ring' }, schemas))).toMatch(/^(\{"next":)+null\}+$/);
  });

  it('takes parameters and apostrophes through a shell', () => {
    const schema = { type: 'object', properties: { text: { const: "it's $HOME" } } };
    const parameters = [
      { in: 'query', name: 'q', required: true, schema: { const: 'a&b' } },
      { in: 'query', name: 'left-out', schema: {} },
      { in: 'header', name: 'x-size', required: true, schema: { const: 3 } },
    ];
    const requestBody = { required: true, content: { 'application/json': { schema } } };
    const words = { operationId: 'o', summary: '', description: '', tags: ['t'] as [string], security: [] };
    const operation = { ...words, parameters, requestBody, responses: {} };
    expect(wordsOf(curlOf({ method: 'POST', path: '/x', operation }, {}))).toEqual([
      'https://api.example/x?q=a%26b',
      '-H',
      'x-size: 3',
      '-H',
      'content-type: application/json',
      '-d',
      JSON.stringify({ text: "it's $HOME" }, null, 2),
    ]);
  });
});
