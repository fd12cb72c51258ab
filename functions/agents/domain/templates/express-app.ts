import type { ResourceName } from '../resource-name.ts';

/** `src/app.ts` of the generated project: the application, apart from the process that serves it. */
export function expressApp({ singular, plural, typeName }: ResourceName): string {
  return `import type { Express } from 'express';
import express from 'express';
import { errorHandler, requireJson, routeNotFound } from './errors.ts';
import { ${singular}Routes } from './${plural}/${singular}-routes.ts';
import { ${typeName}Store } from './${plural}/${singular}-store.ts';

/** Builds the application without listening, so that tests can serve it on a port of their own. */
export function createApp(store = new ${typeName}Store()): Express {
  const app = express();
  app.disable('x-powered-by');

  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.use('/${plural}', requireJson, express.json({ limit: '100kb' }), ${singular}Routes(store));

  app.use(routeNotFound);
  app.use(errorHandler);
  return app;
}
`;
}
