import type { ResourceName } from '../../resource-name.ts';

/** `src/app` of a Fastify project: the application, apart from the process that serves it. */
export function app({ singular, plural, typeName }: ResourceName): string {
  return `import { fastify } from 'fastify';
import { errorHandler, routeNotFound, schemaErrorFormatter } from './error-handler.ts';
import { ${singular}Routes } from './${plural}/${singular}-routes.ts';
import { ${typeName}Store } from './${plural}/${singular}-store.ts';

/** A wrong type and an unknown field are refused, not mended in silence, and a refusal lists every fault. */
const STRICT = { allErrors: true, coerceTypes: false, removeAdditional: false, verbose: true };

/** Builds the application without listening. */
export function createApp(store = new ${typeName}Store()) {
  const app = fastify({
    bodyLimit: 100 * 1024,
    ajv: { customOptions: STRICT },
    frameworkErrors: errorHandler,
    schemaErrorFormatter,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 16_384 },
  });
  app.setErrorHandler(errorHandler);
  app.setNotFoundHandler(routeNotFound);

  /** JSON only; an empty body counts as an empty object, because many clients send one with DELETE. */
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    parseJson(request, String(body) || '{}', done);
  });

  app.get('/health', async () => ({ status: 'ok' }));
  app.register(${singular}Routes, { prefix: '/${plural}', store });
  return app;
}
`;
}
