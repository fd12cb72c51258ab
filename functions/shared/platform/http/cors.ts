import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { NO_CONTENT, rawResult } from './answer.ts';
import { header, requestContext } from './http-request.ts';

/** How long a browser may remember a preflight's answer: an origin that is taken off the list is refused within the hour. */
const MAX_AGE_SECONDS = 3600;

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, idempotency-key, x-correlation-id, x-file-size, x-file-sha256',
  'access-control-max-age': String(MAX_AGE_SECONDS),
};

/** An answer as a browser may take it. */
export function withCors(
  origins: readonly string[],
  event: APIGatewayProxyEvent,
  result: APIGatewayProxyResult,
): APIGatewayProxyResult {
  return { ...result, headers: { ...result.headers, ...corsHeaders(origins, event) } };
}

/**
 * What every answer carries where the stage lists origins (Fetch standard, "CORS protocol"). Without an allow header, a browser keeps
 * the answer from the page that asked; who may call is the keys' business, not this one's.
 *
 * @param origins as browsers send them, `https://console.example.com`: scheme, host and port, no path; compared whole
 */
function corsHeaders(origins: readonly string[], event: APIGatewayProxyEvent): Record<string, string> {
  if (origins.length === 0) return {};
  const vary = { vary: 'Origin' };
  if (!isListed(origins, event)) return vary;
  return {
    ...vary,
    'access-control-allow-origin': header(event, 'origin') as string,
    'access-control-expose-headers': 'x-request-id, x-correlation-id, location',
  };
}

/** The answer to what a browser asks before a call that carries a key: the same for every row. */
export function preflightResult(origins: readonly string[], event: APIGatewayProxyEvent): APIGatewayProxyResult {
  return rawResult(requestContext(event), {
    ...NO_CONTENT,
    headers: isListed(origins, event) ? PREFLIGHT_HEADERS : {},
  });
}

function isListed(origins: readonly string[], event: APIGatewayProxyEvent): boolean {
  const origin = header(event, 'origin');
  return origin !== undefined && origins.includes(origin);
}
