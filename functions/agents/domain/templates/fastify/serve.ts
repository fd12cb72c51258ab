import type { ResourceName } from '../../resource-name.ts';

/** `src/serve` of a Fastify project: the application on a port, for the process and for the tests. */
export function serve({ singular, plural, typeName }: ResourceName): string {
  return `import { createApp } from './app.ts';
import { ${typeName}Store } from './${plural}/${singular}-store.ts';

/** Serves the API until \`close\` is called. Port 0 takes a free one. Rejects where it cannot listen. */
export async function serve({ host = '127.0.0.1', port = 0, store = new ${typeName}Store() } = {}) {
  const app = createApp(store);
  const url = await app.listen({ host, port });

  /** Lets running requests finish, but cuts what is left after \`graceMs\`. */
  async function close(graceMs = 0) {
    setTimeout(() => app.server.closeAllConnections(), graceMs).unref();
    await app.close();
  }
  return { url, close };
}
`;
}
