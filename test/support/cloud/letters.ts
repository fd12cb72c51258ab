import { waitFor } from '../../../local/process/waiting.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';

/** A dead letter as the desk shows it. */
export interface Letter {
  deadLetterId: string;
  queue: string;
  fingerprint: string;
  subscriptionId: string;
  eventType: string;
  message: string;
  error: string;
  retryCount: number;
  status: 'open' | 'redriven' | 'deleted';
  redriveOf?: string;
}

export interface Group {
  fingerprint: string;
  queue: string;
  count: number;
  firstSeen: string;
  lastSeen: string;
}

export interface Redriven {
  matched: number;
  redriven: number;
  skipped: number;
  failed: number;
}

type Query = { queue?: string; fingerprint?: string; status?: string };

/** All letters that a query finds, page by page. */
export async function lettersOf(api: ApiClient, query: Query): Promise<Letter[]> {
  const found: Letter[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const asked = new URLSearchParams({ ...query, limit: '100', ...(cursor && { cursor }) });
    const page: { items: Letter[]; nextCursor: string | null } = await api.data(`/dead-letters?${asked}`);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

/** The open letters of some subscriptions, once there are so many. */
export async function openLetters(
  api: ApiClient,
  subscriptionIds: readonly string[],
  count: number,
  limitMs = 90_000,
): Promise<Letter[]> {
  let found: Letter[] = [];
  const look = async () => {
    const all = await lettersOf(api, { queue: 'subscriptions', status: 'open' });
    found = all.filter(({ subscriptionId }) => subscriptionIds.includes(subscriptionId));
    return found.length >= count || undefined;
  };
  if (!(await waitFor(look, { everyMs: 500, limitMs }))) throw new Error(`Only ${found.length} of ${count} letters.`);
  return found;
}

export async function redrive(api: ApiClient, body: object): Promise<Redriven> {
  const reply = await api.post('/dead-letters/redrive', body);
  if (reply.status !== 200) throw new Error(`The redrive was answered ${reply.status}: ${reply.bytes}`);
  const { matched, redriven, skipped, failed } = dataOf<Redriven>(reply);
  return { matched, redriven, skipped, failed };
}

export const groupsOf = async (api: ApiClient): Promise<Group[]> =>
  (await api.data<{ items: Group[] }>('/dead-letters/groups')).items;
