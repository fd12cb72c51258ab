import { gatewayRoutes } from '../../contracts/api/gateway.ts';
import type { RouteContract } from '../../contracts/api/route.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import { openApiDocument } from './openapi.ts';

/** The rows that need no key. Paths that no feature has end in this function too, and get its 404. */
export function gatewayEndpoints(stage: string, routes: readonly RouteContract[]) {
  let document: string | undefined;
  return [
    endpoint(gatewayRoutes.getHealth, async () => ({ kind: 'data', data: { status: 'ok', stage } })),
    endpoint(gatewayRoutes.getOpenApi, async () => {
      document ??= JSON.stringify(openApiDocument(routes));
      return { kind: 'raw', status: 200, headers: { 'content-type': 'application/json' }, body: document };
    }),
  ];
}
