import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ResponseType } from 'aws-cdk-lib/aws-apigateway';

/** The answers that the gateway makes itself, with our codes in our envelope. Without a status the gateway's own stays. */
const GATEWAY_ANSWERS: { type: ResponseType; statusCode?: string; code: string; message: string }[] = [
  answer(ResponseType.UNAUTHORIZED, '401', 'UNAUTHORIZED', 'A valid key is required: Authorization: Bearer <key>.'),
  answer(ResponseType.ACCESS_DENIED, '403', 'FORBIDDEN', 'This key may not do that.'),
  answer(ResponseType.WAF_FILTERED, '403', 'FORBIDDEN', 'This request is not let through.'),
  answer(ResponseType.MISSING_AUTHENTICATION_TOKEN, '404', 'NOT_FOUND', 'There is nothing at this address.'),
  answer(ResponseType.REQUEST_TOO_LARGE, '413', 'PAYLOAD_TOO_LARGE', 'The body is too large.'),
  answer(ResponseType.UNSUPPORTED_MEDIA_TYPE, '415', 'UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.'),
  answer(ResponseType.THROTTLED, '429', 'RATE_LIMITED', 'Too many requests; try again in a moment.'),
  answer(ResponseType.QUOTA_EXCEEDED, '429', 'RATE_LIMITED', 'Too many requests; try again later.'),
  answer(ResponseType.INTEGRATION_TIMEOUT, '504', 'TIMEOUT', 'The answer took too long.'),
  answer(ResponseType.INTEGRATION_FAILURE, '504', 'TIMEOUT', 'The answer did not come.'),
  { type: ResponseType.DEFAULT_4XX, code: 'VALIDATION_ERROR', message: 'The request could not be understood.' },
  { type: ResponseType.DEFAULT_5XX, code: 'INTERNAL_ERROR', message: 'Something went wrong on our side.' },
];

function answer(type: ResponseType, statusCode: string, code: string, message: string) {
  return { type, statusCode, code, message };
}

/** Any page may read these answers where some may call: they hold nothing of a tenant's, and the gateway cannot choose by origin. */
const READABLE_BY_PAGES = { 'access-control-allow-origin': "'*'" };

/** Gives the answers that the gateway makes itself our envelope and codes. */
export function addGatewayAnswers(api: RestApi, hasOrigins: boolean): void {
  for (const { code, message, ...rest } of GATEWAY_ANSWERS) {
    const body = { id: '$context.requestId', status: 'error', error: { code, message } };
    api.addGatewayResponse(`Answer${rest.type.responseType}`, {
      ...rest,
      responseHeaders: { 'x-request-id': 'context.requestId', ...(hasOrigins && READABLE_BY_PAGES) },
      templates: { 'application/json': JSON.stringify(body) },
    });
  }
}
