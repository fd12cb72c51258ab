import type { ResourceName } from '../resource-name.ts';

/** `src/server.ts` of the generated project: the process around the application. */
export function expressServer({ plural }: ResourceName): string {
  return `import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';

const SHUTDOWN_GRACE_MS = 10_000;

const host = process.env.HOST || '127.0.0.1';
const port = Number(process.env.PORT || 3000);
if (!Number.isInteger(port) || port < 0 || port > 65_535) exitWith('PORT must be a whole number from 0 to 65535.');

const server = createApp().listen(port, host, (error) => {
  if (error) exitWith(\`Cannot listen on \${host}:\${port}: \${error.message}\`);
  const { port: openPort } = server.address() as AddressInfo;
  console.log(\`The ${plural} API listens on http://\${host}:\${openPort}\`);
});

/** Lets running requests finish, then cuts what is left. A second signal ends the process at once. */
function shutDown(): void {
  server.close(() => process.exit(0));
  setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MS).unref();
}
process.once('SIGINT', shutDown);
process.once('SIGTERM', shutDown);

function exitWith(message: string): never {
  console.error(message);
  process.exit(1);
}
`;
}
