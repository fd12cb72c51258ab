import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';

/** Where the API is and the key to call it with. */
export type Api = { apiUrl: string; apiKey: string; signal: AbortSignal };

const ANSWER_LIMIT_MS = 30_000;

const Answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), error: z.object({ code: z.string(), message: z.string() }) }),
]);

/**
 * Calls the API as any client does. `body` is sent as JSON by POST; without one it is a GET.
 *
 * @throws CommandError where the API can't be reached
 */
export async function callApi({ apiUrl, apiKey, signal }: Api, path: string, body?: unknown): Promise<Response> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const post = { method: 'POST', body: JSON.stringify(body) };
  try {
    return await fetch(`${apiUrl}/api/v1${path}`, {
      headers,
      ...(body === undefined ? {} : post),
      signal: AbortSignal.any([signal, limit]),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new CommandError(`The API does not answer ${path} (${error instanceof Error ? error.message : error}).`);
  }
}

/**
 * The `data` of an answer.
 *
 * @throws CommandError with the API's own code and message where it answers an error
 */
export async function dataOf<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const parsed = Answer.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success)
    throw new CommandError(`The API answered status ${response.status} in a form that is not its own.`);
  if (parsed.data.status === 'error') {
    const { code, message } = parsed.data.error;
    throw new CommandError(`The API answered ${code}: ${message}`);
  }
  return schema.parse(parsed.data.data);
}
