import type { DeadLetterGroup, ListedDeadLetter, RedriveAnswer } from '../../../functions/contracts/api/dead-letter.ts';
import type { Page } from '../../../functions/contracts/api/list.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';

/**
 * The open letters of what could not be undone at a service, newest first, once there are so many: it dies with its test, so nobody else
 * has letters of it.
 */
export function openLetters(api: ApiClient, service: string, count: number): Promise<ListedDeadLetter[]> {
  return lettersWhere(api, { queue: 'http-service', count }, ({ subscriptionId }) => subscriptionId === service);
}

/** The open letters of what could not be delivered to some subscribers, once there are so many. */
export function subscriberLetters(
  api: ApiClient,
  subscriptionIds: readonly string[],
  { count, limitMs = 90_000 }: { count: number; limitMs?: number },
): Promise<ListedDeadLetter[]> {
  const isOurs = ({ subscriptionId }: ListedDeadLetter) => subscriptionIds.includes(subscriptionId);
  return lettersWhere(api, { queue: 'subscriptions', count, limitMs }, isOurs);
}

interface Wanted {
  queue: string;
  count: number;
  limitMs?: number;
}

export async function lettersWhere(
  api: ApiClient,
  { queue, count, limitMs = 60_000 }: Wanted,
  isOurs: (letter: ListedDeadLetter) => boolean,
): Promise<ListedDeadLetter[]> {
  let last: ListedDeadLetter[] = [];
  const look = async () => {
    last = (await openOf(api, queue)).filter(isOurs);
    return last.length === count ? last : undefined;
  };
  const found = await waitFor(look, { everyMs: 300, limitMs });
  if (found === undefined) throw new Error(`${queue} has ${last.length} open letters of these, not ${count}.`);
  return found;
}

/** Page by page. */
async function openOf(api: ApiClient, queue: string): Promise<ListedDeadLetter[]> {
  const found: ListedDeadLetter[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const asked = new URLSearchParams({ queue, status: 'open', limit: '100', ...(cursor && { cursor }) });
    const page: Page<ListedDeadLetter> = await api.data(`/dead-letters?${asked}`);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

export async function redriven(api: ApiClient, body: object): Promise<RedriveAnswer> {
  return dataOf<RedriveAnswer>(await api.post('/dead-letters/redrive', body));
}

export const groupsOf = async (api: ApiClient): Promise<DeadLetterGroup[]> =>
  (await api.data<{ items: DeadLetterGroup[] }>('/dead-letters/groups')).items;
