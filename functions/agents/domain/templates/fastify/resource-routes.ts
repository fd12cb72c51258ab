import type { ResourceName } from '../../resource-name.ts';

/** `src/<plural>/<singular>-routes` of a Fastify project. */
export function resourceRoutes({ singular, plural, typeName }: ResourceName): string {
  return `/** @import { FastifyPluginAsync, FastifyRequest } from 'fastify' */
import { HttpError } from '../errors.ts';
import { pageSchema, toPage } from '../page.ts';
import { changesSchema, toChanged, toInput, wholeSchema } from './${singular}-input.ts';

/** @import { ${typeName}Store } from './${singular}-store.ts' */

/**
 * The routes under /${plural}. Fastify checks each request by its schema first; other refusals are thrown.
 *
 * @type {FastifyPluginAsync<{ store: ${typeName}Store }>}
 */
export const ${singular}Routes‹: FastifyPluginAsync<{ store: ${typeName}Store }>› = async (app, { store }) => {
  app.get('/', { schema: { querystring: pageSchema } }, async (request) => {
    const page = toPage(request.query);
    return { ...store.list(page), ...page };
  });

  app.post('/', { schema: { body: wholeSchema } }, async (request, reply) => {
    const created = store.create(toInput(request.body));
    return reply.status(201).header('location', \`/${plural}/\${created.id}\`).send(created);
  });

  app.get('/:id', async (request) => existing(store.find(idOf(request))));

  app.put('/:id', { schema: { body: wholeSchema } }, async (request) => {
    return existing(store.update(idOf(request), toInput(request.body)));
  });

  app.patch('/:id', { schema: { body: changesSchema } }, async (request) => {
    const current = existing(store.find(idOf(request)));
    return existing(store.update(current.id, toChanged(current, request.body)));
  });

  app.delete('/:id', async (request, reply) => {
    existing(store.remove(idOf(request)));
    return reply.status(204).send();
  });
};

/** @param {FastifyRequest} request */
function idOf(request‹: FastifyRequest›)‹: string› {
  const { id } = /** @type {{ id: string }} */ (request.params);
  return id;
}

/**
 * @template T
 * @param {T | undefined} found
 * @returns {T}
 */
function existing‹<T>›(found‹: T | undefined›)‹: T› {
  if (found === undefined) throw new HttpError(404, 'NOT_FOUND', 'There is no ${singular} with this id.');
  return found;
}
`;
}
