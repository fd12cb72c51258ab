import type { ResourceName } from '../../resource-name.ts';

/** `src/app` of an Express project: the application, apart from the process that serves it. */
export function app({ singular, plural, typeName }: ResourceName): string {
  return `import express from 'express';
import { errorHandler, requireJson, routeNotFound } from './error-handler.ts';
import { ${singular}Routes } from './${plural}/${singular}-routes.ts';
import { ${typeName}Store } from './${plural}/${singular}-store.ts';

/** Builds the application without listening. */
export function createApp(store = new ${typeName}Store()) {
  const app = express();
  app.disable('x-powered-by');

  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  const readJson = express.json({ limit: '100kb', strict: false });
  app.use('/${plural}', requireJson, readJson, ${singular}Routes(store));

  app.use(routeNotFound);
  app.use(errorHandler);
  return app;
}
`;
}
