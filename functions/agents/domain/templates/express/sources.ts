import type { ResourceName } from '../../resource-name.ts';
import { app } from './app.ts';
import { errorHandler } from './error-handler.ts';
import { page } from './page.ts';
import { resourceInput } from './resource-input.ts';
import { resourceRoutes } from './resource-routes.ts';
import { serve } from './serve.ts';

/** What is Express's own in a project: bilingual source by path without extension. */
export function expressSources(resource: ResourceName): Record<string, string> {
  const { singular, plural } = resource;
  return {
    'src/app': app(resource),
    'src/error-handler': errorHandler(),
    'src/page': page(),
    'src/serve': serve(resource),
    [`src/${plural}/${singular}-input`]: resourceInput(resource),
    [`src/${plural}/${singular}-routes`]: resourceRoutes(resource),
  };
}
