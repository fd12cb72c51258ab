/** `src/error-handler` of a Fastify project. */
export function errorHandler(): string {
  return `/** @import { FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify' */
/** @import { FieldFault } from './errors.ts' */
import { HttpError, unexpectedError, validationError } from './errors.ts';

/** What Fastify calls its refusals, and how this API answers them. */
const REFUSALS = new Map([
  ['FST_ERR_CTP_INVALID_JSON_BODY', new HttpError(400, 'INVALID_JSON', 'The body is not JSON.')],
  ['FST_ERR_CTP_BODY_TOO_LARGE', new HttpError(413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 100 kB.')],
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.'),
  ],
]);

/**
 * What a schema found, with the part of the schema that found it.
 *
 * @typedef {{ description?: string, properties?: Record<string, { description: string }> }} ParentSchema
 * @typedef {FastifySchemaValidationError & { parentSchema?: ParentSchema }} Finding
 */
‹interface Finding extends FastifySchemaValidationError {
  parentSchema?: { description?: string; properties?: Record<string, { description: string }> };
}
›
export function routeNotFound()‹: never› {
  throw new HttpError(404, 'NOT_FOUND', 'There is nothing at this method and path.');
}

/**
 * @param {unknown} error
 * @param {FastifyRequest} _request
 * @param {FastifyReply} reply
 */
export function errorHandler(error‹: unknown›, _request‹: FastifyRequest›, reply‹: FastifyReply›)‹: void› {
  const answer = toHttpError(error);
  reply.status(answer.status).send(answer.toBody());
}

/**
 * Tells what the schema of a request found, one fault for each field.
 *
 * @param {Finding[]} findings
 * @param {string} part
 */
export function schemaErrorFormatter(findings‹: Finding[]›, part‹: string›)‹: HttpError› {
  if (findings.some(({ keyword, instancePath }) => keyword === 'type' && instancePath === '')) {
    return validationError('The body must be a JSON object, sent as application/json.');
  }
  const faultOfField = new Map(findings.map(toFault).map((fault) => [fault.field, fault]));
  return validationError(\`The \${part === 'body' ? 'body' : 'query'} is not valid.\`, [...faultOfField.values()]);
}

/**
 * The \`description\` of a field in its schema is the end of the sentence.
 *
 * @param {Finding} finding
 * @returns {FieldFault}
 */
function toFault({ keyword, instancePath, params, parentSchema }‹: Finding›)‹: FieldFault› {
  if (keyword === 'additionalProperties') {
    return { field: String(params.additionalProperty), message: 'is not a known field' };
  }
  const isMissing = keyword === 'required';
  const field = isMissing ? String(params.missingProperty) : instancePath.slice(1);
  const schema = isMissing ? parentSchema?.properties?.[field] : parentSchema;
  return { field, message: \`must be \${schema?.description}\` };
}

/**
 * Fastify marks the errors that the client caused with a status and a code.
 *
 * @param {unknown} error
 */
function toHttpError(error‹: unknown›)‹: HttpError› {
  if (error instanceof HttpError) return error;
  const { statusCode, code } = Object(error);
  const refusal = REFUSALS.get(code);
  if (refusal) return refusal;
  const causedByClient = statusCode >= 400 && statusCode < 500;
  return causedByClient
    ? new HttpError(statusCode, 'BAD_REQUEST', 'The request cannot be read.')
    : unexpectedError(error);
}
`;
}
