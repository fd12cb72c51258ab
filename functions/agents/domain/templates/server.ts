import type { ResourceName } from '../resource-name.ts';

/** `src/server` of the generated project: the process around the application. */
export function server({ plural }: ResourceName): string {
  return `import { serve } from './serve.ts';

const SHUTDOWN_GRACE_MS = 10_000;

const host = process.env.HOST || '127.0.0.1';
const port = Number(process.env.PORT || 3000);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error('PORT must be a whole number from 0 to 65535.');
  process.exit(1);
}

const { url, close } = await serve({ host, port }).catch((error) => {
  console.error(\`Cannot listen on \${host}:\${port}: \${error.message}\`);
  process.exit(1);
});
console.log(\`The ${plural} API listens on \${url}\`);

/** A second signal ends the process at once. */
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => close(SHUTDOWN_GRACE_MS));
`;
}
