import type { ResourceName } from '../../resource-name.ts';

/** `src/serve` of an Express project: the application on a port, for the process and for the tests. */
export function serve({ singular, plural, typeName }: ResourceName): string {
  return `import { once } from 'node:events';
import { createApp } from './app.ts';
import { ${typeName}Store } from './${plural}/${singular}-store.ts';

/** Serves the API until \`close\` is called. Port 0 takes a free one. Rejects where it cannot listen. */
export async function serve({ host = '127.0.0.1', port = 0, store = new ${typeName}Store() } = {}) {
  const server = createApp(store).listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const openPort = typeof address === 'object' ? address?.port : port;

  /** Lets running requests finish, but cuts what is left after \`graceMs\`. */
  async function close(graceMs = 0) {
    setTimeout(() => server.closeAllConnections(), graceMs).unref();
    server.close();
    await once(server, 'close');
  }
  return { url: \`http://\${host}:\${openPort}\`, close };
}
`;
}
