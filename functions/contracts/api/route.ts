import type * as z from 'zod';
import type { HttpErrorCode } from '../../shared/kernel/errors.ts';
import type { Scope } from '../api-key.ts';

/**
 * One row of the API, said once: the router, the validation and the OpenAPI file are all made from it. A request that carries a
 * parameter or field that its schema does not name is refused, never partly ignored.
 */
export type RouteContract = Row & Input & Access;

interface Row {
  /** The OpenAPI operation id, unique over the whole API. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the API's root, with `{name}` parameters; `{name+}` takes the rest of the path. */
  path: string;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** The request headers that mean something to this row, in lower case. Whatever else clients and proxies send is not looked at. */
  headers?: z.ZodObject;
  /** `also`: what it answers as well, where it depends. */
  answer: AnswerContract & { also?: EnvelopeAnswer | EmptyAnswer };
  /** What else it can answer, besides the codes that every row shares. */
  errors: readonly HttpErrorCode[];
}

/** JSON, which may be left out where the schema takes `{}`; or any bytes, at most `max` of them. */
type Input = { body?: z.ZodObject | z.ZodDiscriminatedUnion; bytes?: never } | { body?: never; bytes: { max: number } };

/**
 * `scope`: what the caller's key needs; `null` leaves the row open. `idempotent`: the row creates, and takes an `Idempotency-Key`;
 * that key belongs to its caller, so an open row can have none, and its answer is kept, so it is data.
 */
type Access =
  | { scope: Scope | null; idempotent?: never }
  | { scope: Scope; idempotent: true; answer: EnvelopeAnswer & { also?: EnvelopeAnswer } };

/** `data`: the envelope's data. `raw`: an answer of its own, named by its media type. A 204 is empty. */
export type AnswerContract = EnvelopeAnswer | { status: number; raw: string } | EmptyAnswer;
type EnvelopeAnswer = { status: number; data: z.ZodType };
type EmptyAnswer = { status: 204 };

/** Keeps a contract's exact types, so that its handler's input and answer are known. */
export function route<const Contract extends RouteContract>(contract: Contract): Contract {
  return contract;
}
