import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { RouteContract } from '../../../functions/contracts/api/route.ts';
import { openApiDocument } from '../../../functions/gateway/adapters/openapi.ts';
import type { ApiOperation, ApiSchema } from '../../../functions/gateway/domain/docs-model.ts';
import { docsPage } from '../../../functions/gateway/domain/docs-page.ts';
import { contracts } from '../../support/api/api-routes.ts';
import { articleOf, tagsOf, textOf } from './markup.ts';

const routes = await contracts();
const document = openApiDocument(routes);
const { schemas } = document.components;
const page = docsPage(document);
const tags = tagsOf(page);
const opening = tags.filter(({ closes }) => !closes);
const contents = page.slice(page.indexOf('<nav '), page.indexOf('</nav>'));
const ids = opening.flatMap(({ attributes }) => attributes.id ?? []);
const pathOf = ({ path }: RouteContract) => path.replace('+}', '}');
const operationOf = (contract: RouteContract) =>
  document.paths[pathOf(contract)]?.[contract.method.toLowerCase()] as ApiOperation;
const presence = (required?: boolean) => (required ? 'required' : 'optional');
const callOf = ({ id }: RouteContract) => articleOf(page, `call-${id}`);

/** The names of a body's own fields, or of each of its alternatives'. */
function fieldsOf(body: RouteContract['body']): string[] {
  if (body === undefined) return [];
  return 'shape' in body ? Object.keys(body.shape) : body.options.flatMap((one) => fieldsOf(one as z.ZodObject));
}

/** The names of all fields of a schema, however deep. */
function fieldsIn(schema: ApiSchema): string[] {
  const { properties = {}, items, additionalProperties, anyOf = [] } = schema;
  const map = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const inner = [...Object.values(properties), items, map, ...anyOf].filter((one) => one !== undefined);
  return [...Object.keys(properties), ...inner.flatMap(fieldsIn)];
}

describe('the page of the API', () => {
  it('says whose it is, and where the file is that it shows', () => {
    expect(page).toContain('<title>MAOS API 1</title>');
    expect(page).toContain('<a href="openapi.json">');
  });

  it('has every call once and no other, and has them all in its contents', () => {
    const calls = routes.map(({ id }) => `call-${id}`).sort();
    expect(ids.filter((id) => /^call-.*(?<!-name)$/.test(id)).sort()).toEqual(calls);
    for (const id of calls) expect(contents).toContain(`href="#${id}"`);
  });

  it.each(routes)('tells the method, path and scope of $id, and what it is for', (contract) => {
    const { method, scope, summary } = contract;
    const text = textOf(callOf(contract));
    expect(text).toMatch(new RegExp(`^${method} ${pathOf(contract).replace(/[{}.]/g, String.raw`\$&`)} `));
    expect(text).toContain(summary.replaceAll(/`/g, ' ').replace(/\s+/g, ' ').slice(0, 20));
    expect(text).toContain(scope === null ? 'Open: needs no key.' : `Needs a key with the scope ${scope} .`);
  });

  it.each(routes)('shows the parameters and the body of $id', (contract) => {
    const text = textOf(callOf(contract));
    const parameters = operationOf(contract).parameters ?? [];
    const rows = parameters.map(({ name, in: place, required }) => `${name} in ${place}, ${presence(required)}`);
    expect(rows.filter((row) => !text.includes(row))).toEqual([]);
    const fields = fieldsOf(contract.body).map((name) => `<code class="name">${name}</code>`);
    expect(fields.filter((field) => !callOf(contract).includes(field))).toEqual([]);
  });

  it.each(routes)('shows all that $id can answer', (contract) => {
    const statuses = Object.keys(operationOf(contract).responses);
    const shown = [...callOf(contract).matchAll(/<th scope="row"><code>(\d+)<\/code><\/th>/g)].map(([, one]) => one);
    expect(shown).toEqual(statuses);
    expect(statuses.length).toBeGreaterThan(3);
    for (const code of contract.errors) expect(textOf(callOf(contract))).toContain(`${code} :`);
  });

  it('has every schema once, in its contents too', () => {
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['Task', 'CreateTask', 'Agent', 'Lease', 'Error']));
    const named = Object.keys(schemas).map((name) => `schema-${name}`);
    expect(ids.filter((id) => /^schema-.*(?<!-name)$/.test(id)).sort()).toEqual(named.sort());
    for (const id of named) expect(contents).toContain(`href="#${id}"`);
  });

  it.each(Object.keys(schemas))('shows every field of the schema %s, however deep', (name) => {
    const shown = [...articleOf(page, `schema-${name}`).matchAll(/<code class="name">([^<]*)</g)].map(([, one]) => one);
    expect(shown.sort()).toEqual(fieldsIn(schemas[name] as ApiSchema).sort());
  });

  it('lists every code once that any call can end with', () => {
    const table = page.slice(page.indexOf('<caption>All codes'), page.indexOf('</table>'));
    const codes = [...textOf(table).matchAll(/(\d{3}) ([A-Z_]+) :/g)].map(([, status, code]) => `${status} ${code}`);
    const named = routes.flatMap(({ errors }) => errors);
    expect(codes.map((one) => one.slice(4))).toEqual(expect.arrayContaining([...named, 'RATE_LIMITED', 'TIMEOUT']));
    expect([codes.length, codes]).toEqual([new Set(codes).size, codes.toSorted()]);
  });

  it('has no link that leads nowhere, and no id twice', () => {
    const links = opening.flatMap(({ name, attributes }) => (name === 'a' ? [attributes.href] : []));
    expect(links.length).toBeGreaterThan(routes.length * 2);
    const aims = new Set([...ids.map((id) => `#${id}`), 'openapi.json']);
    expect(links.filter((href) => !aims.has(href as string))).toEqual([]);
    expect(ids.length).toBe(new Set(ids).size);
    const labels = opening.flatMap(({ attributes }) => attributes['aria-labelledby'] ?? []);
    expect(labels.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('loads, runs and sends nothing', () => {
    const names = new Set(opening.map(({ name }) => name));
    for (const name of ['script', 'img', 'iframe', 'object', 'form', 'base', 'svg']) expect(names).not.toContain(name);
    const attributes = new Set(opening.flatMap((one) => Object.keys(one.attributes)));
    expect([...attributes].filter((name) => /^on|^style$|^src/.test(name))).toEqual([]);
    expect(opening.filter(({ name }) => name === 'link').map((one) => one.attributes.href)).toEqual(['data:,']);
    expect(page).not.toMatch(/url\(|@import/);
  });

  it('can be gone through by its landmarks, headings and tables', () => {
    const count = (name: string) => opening.filter((one) => one.name === name).length;
    expect(['h1', 'header', 'nav', 'main', 'footer'].map(count)).toEqual([1, 1, 1, 1, 1]);
    const levels = opening.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? Number(name[1]) : []));
    for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0)).toBeLessThanOrEqual(1);
    expect(count('caption')).toBe(count('table'));
    expect(opening.filter(({ name, attributes }) => name === 'th' && !attributes.scope)).toEqual([]);
  });

  it('fits screens of any width and scheme', () => {
    expect(opening.find(({ attributes }) => attributes.name === 'viewport')?.attributes.content).toContain(
      'device-width',
    );
    expect(page).toContain('@media (prefers-color-scheme: dark)');
  });
});
