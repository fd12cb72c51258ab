import * as z from 'zod';
import { route } from './route.ts';

export const gatewayRoutes = {
  getHealth: route({
    id: 'getHealth',
    method: 'GET',
    path: '/api/v1/health',
    summary: 'Tell whether the API answers',
    scope: null,
    answer: { status: 200, data: z.object({ status: z.literal('ok'), stage: z.string() }) },
    errors: [],
  }),
  getOpenApi: route({
    id: 'getOpenApi',
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This description of the API',
    scope: null,
    answer: { status: 200, raw: 'application/json' },
    errors: [],
  }),
  getDocs: route({
    id: 'getDocs',
    method: 'GET',
    path: '/api/v1/docs',
    summary: 'This description of the API, as a page for people',
    scope: null,
    answer: { status: 200, raw: 'text/html' },
    errors: [],
  }),
};
