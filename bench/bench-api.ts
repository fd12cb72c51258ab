/** The API that is measured. */
export interface BenchApi {
  apiUrl: string;
  apiKey: string;
}

/** What it answered, once it was 2xx; nothing for an empty answer. */
export async function call(
  { apiUrl, apiKey }: BenchApi,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${apiUrl}/api/v1${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
