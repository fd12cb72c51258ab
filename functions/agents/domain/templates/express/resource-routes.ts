import type { ResourceName } from '../../resource-name.ts';

/** `src/<plural>/<singular>-routes` of an Express project. */
export function resourceRoutes({ singular, plural, typeName }: ResourceName): string {
  return `import { Router } from 'express';
import { HttpError } from '../errors.ts';
import { parsePage } from '../page.ts';
import { parse${typeName}Changes, parse${typeName}Input } from './${singular}-input.ts';

/** @import { ${typeName}Store } from './${singular}-store.ts' */

/**
 * The routes under /${plural}. Each one reads the request, calls the store and answers; refusals are thrown.
 *
 * @param {${typeName}Store} store
 */
export function ${singular}Routes(store‹: ${typeName}Store›)‹: Router› {
  const router = Router();

  router.get('/', (request, response) => {
    const page = parsePage(request.query);
    response.json({ ...store.list(page), ...page });
  });

  router.post('/', (request, response) => {
    const created = store.create(parse${typeName}Input(request.body));
    response.status(201).location(\`/${plural}/\${created.id}\`).json(created);
  });

  router.get('/:id', (request, response) => {
    response.json(existing(store.find(request.params.id)));
  });

  router.put('/:id', (request, response) => {
    const input = parse${typeName}Input(request.body);
    response.json(existing(store.update(request.params.id, input)));
  });

  router.patch('/:id', (request, response) => {
    const { id } = request.params;
    const input = parse${typeName}Changes(store.find(id), request.body);
    response.json(existing(store.update(id, input)));
  });

  router.delete('/:id', (request, response) => {
    existing(store.remove(request.params.id));
    response.status(204).end();
  });

  return router;
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
