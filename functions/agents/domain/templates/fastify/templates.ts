import type { FrameworkTemplates } from '../framework-sources.ts';
import { app } from './app.ts';
import { errorHandler } from './error-handler.ts';
import { page } from './page.ts';
import { resourceInput } from './resource-input.ts';
import { resourceRoutes } from './resource-routes.ts';
import { serve } from './serve.ts';

/** What is Fastify's own in a project. */
export const fastifyTemplates: FrameworkTemplates = { app, errorHandler, page, serve, resourceInput, resourceRoutes };
