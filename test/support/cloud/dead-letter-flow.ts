import type { ListedDeadLetter, RedriveAnswer } from '../../../functions/contracts/api/dead-letter.ts';
import type { Page } from '../../../functions/contracts/api/list.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';

/**
 * The open letters of what could not be undone at a service, newest first, once there are so many: it dies with its test, so nobody else
 * has letters of it.
 */
export function openLetters(api: ApiClient, service: string, count: number): Promise<ListedDeadLetter[]> {
  return lettersWhere(api, 'http-service', count, ({ subscriptionId }) => subscriptionId === service);
}

export async function lettersWhere(
  api: ApiClient,
  queue: string,
  count: number,
  isOurs: (letter: ListedDeadLetter) => boolean,
): Promise<ListedDeadLetter[]> {
  let last: ListedDeadLetter[] = [];
  const look = async () => {
    const { items } = await api.data<Page<ListedDeadLetter>>(`/dead-letters?queue=${queue}&status=open&limit=100`);
    last = items.filter(isOurs);
    return last.length === count ? last : undefined;
  };
  const found = await waitFor(look, { everyMs: 200, limitMs: 60_000 });
  if (found === undefined) throw new Error(`${queue} has ${last.length} open letters of these, not ${count}.`);
  return found;
}

export async function redriven(api: ApiClient, body: object): Promise<RedriveAnswer> {
  return dataOf<RedriveAnswer>(await api.post('/dead-letters/redrive', body));
}
