import type * as z from 'zod';
import type { HttpErrorCode } from '../../shared/kernel/errors.ts';
import type { Scope } from '../api-key.ts';

/**
 * One row of the API, said once: the router, the validation and the OpenAPI file are all made from it. A request that carries a
 * parameter or field that its schema does not name is refused, never partly ignored.
 */
export interface RouteContract {
  /** The OpenAPI operation id, unique over the whole API. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the API's root, with `{name}` parameters; `{name+}` takes the rest of the path. */
  path: string;
  summary: string;
  /** The scope that the caller's key needs; `null` leaves the row open. */
  scope: Scope | null;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** `data`: the envelope's data. `raw`: an answer of its own, named by its media type. */
  answer:
    | { status: number; data: z.ZodType }
    | { status: number; raw: string; also?: { status: number; data: z.ZodType } };
  /** What else it can answer, besides the codes that every row shares. */
  errors: readonly HttpErrorCode[];
}

/** Keeps a contract's exact types, so that its handler's input and answer are known. */
export function route<const Contract extends RouteContract>(contract: Contract): Contract {
  return contract;
}
