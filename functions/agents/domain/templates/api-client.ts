import type { ResourceName } from '../resource-name.ts';

/** `test/api-client` of the generated project: how its tests reach the API. */
export function apiClient({ singular, plural, typeName }: ResourceName): string {
  return `/** @import { TestContext } from 'node:test' */
import { ${typeName}Store } from '../src/${plural}/${singular}-store.ts';
import { serve } from '../src/serve.ts';

/**
 * Serves the API on a free port of this machine until the test ends. Answers how to call it: with a value that is sent
 * as JSON, or with a text that is sent as it is.
 *
 * @param {TestContext} context
 */
export async function startApi(context‹: TestContext›, store = new ${typeName}Store()) {
  const { url, close } = await serve({ store });
  context.after(() => close());

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [content]
   * @param {string} [type]
   */
  return async (method‹: string›, path‹: string›, content‹?: unknown›, type = 'application/json') => {
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    const sent = content === undefined ? {} : { body, headers: { 'content-type': type } };
    const response = await fetch(\`\${url}\${path}\`, { method, ...sent });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
}
`;
}
