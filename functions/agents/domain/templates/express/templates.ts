import type { FrameworkTemplates } from '../framework-sources.ts';
import { app } from './app.ts';
import { errorHandler } from './error-handler.ts';
import { page } from './page.ts';
import { resourceInput } from './resource-input.ts';
import { resourceRoutes } from './resource-routes.ts';
import { serve } from './serve.ts';

/** What is Express's own in a project. */
export const expressTemplates: FrameworkTemplates = { app, errorHandler, page, serve, resourceInput, resourceRoutes };
