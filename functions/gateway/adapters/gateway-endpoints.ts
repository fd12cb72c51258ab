import { gatewayRoutes } from '../../contracts/api/gateway.ts';
import type { RouteContract } from '../../contracts/api/route.ts';
import type { RawAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import { docsAnswer } from './docs-answer.ts';
import { openApiDocument } from './openapi.ts';

/** The rows that need no key. Paths that no feature has end in this function too, and get its 404. */
export function gatewayEndpoints(stage: string, routes: readonly RouteContract[]) {
  const document = once(() => openApiDocument(routes));
  const file = once(() => fileAnswer(document()));
  const page = once(() => docsAnswer(document()));
  return [
    endpoint(gatewayRoutes.getHealth, async () => ({ kind: 'data', data: { status: 'ok', stage } })),
    endpoint(gatewayRoutes.getOpenApi, async () => file()),
    endpoint(gatewayRoutes.getDocs, async () => page()),
  ];
}

function fileAnswer(document: object): RawAnswer {
  const body = JSON.stringify(document);
  return { kind: 'raw', status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** Makes a value when it is first asked for: health checks start faster without it. */
function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
