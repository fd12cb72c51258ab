import { describe, expect, it } from 'vitest';
import type { DueRequests, RequestStore } from '../../../functions/requests/adapters/request-store.ts';
import type { RequestRecord } from '../../../functions/requests/domain/request.ts';
import { timestamp } from '../../../functions/requests/domain/request.ts';
import { begun, completed, failed, triedInVain } from '../../../functions/requests/domain/request-changes.ts';
import type { DeliveryStore } from '../../../functions/shared/platform/webhooks/delivery-store.ts';
import { CALLBACK, CREATED, FAILURE, sampleRequest, withoutCallback } from './request-samples.ts';

export interface RequestStores {
  requests: RequestStore & { due: DueRequests };
  deliveries: DeliveryStore;
}

const NOW = Date.parse(CREATED);
const RIVALS = Array.from({ length: 20 }, (_, index) => index);
const nested = JSON.parse(`${'[{"":'.repeat(16)}1e200${'}]'.repeat(16)}`);
const VALUES = [null, 0, '', [], { a: { '': '\u0000Ж\ud800' } }, nested];

/** The rules of every RequestStore. Tests may share tables: each has requests of its own, and of lists it looks at those only. */
export function requestStoreContract(open: () => Promise<RequestStores>): void {
  const created = async (request: RequestRecord = sampleRequest(), payload: unknown = { seat: 1 }) => {
    const stores = await open();
    expect(await stores.requests.create(request, payload)).toBe(true);
    const bodies = async () => {
      const state = await stores.deliveries.load(request.requestId);
      return (state?.deliveries ?? []).map(({ seq, body }) => [seq, JSON.parse(body)]);
    };
    return { ...stores, request, bodies };
  };
  const saved = async ({ requests }: RequestStores, change: ReturnType<typeof begun>) => {
    expect(await requests.save(change)).toBe(true);
    return change.next;
  };
  const sorted = (requestIds: string[]) => requestIds.toSorted();
  const dueIds = async ({ requests }: RequestStores, at: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const some of requests.due(timestamp(at))) found.push(...some);
    return found;
  };

  describe('a new request', () => {
    it('is found as it was made, and opens the stream of its callbacks', async () => {
      const { requests, deliveries, request } = await created();
      const { requestId } = request;
      expect(await requests.find(requestId)).toEqual(request);
      const stream = { stream: requestId, url: CALLBACK, owner: 'key_1', correlationId: 'corr_1' };
      expect(await deliveries.load(requestId)).toMatchObject({ stream, deliveries: [] });
    });

    it('without an address has no stream', async () => {
      const { requests, deliveries, request } = await created(withoutCallback());
      expect(await requests.find(request.requestId)).toEqual(request);
      expect(await deliveries.load(request.requestId)).toBeUndefined();
    });

    it('is not made twice, and the first stays as it is', async () => {
      const { requests, request } = await created();
      const again = { ...request, service: 'other', createdAt: timestamp(NOW + 1) };
      expect(await requests.create(again, { other: true })).toBe(false);
      expect(await requests.find(request.requestId)).toEqual(request);
      expect(await requests.payload(request.requestId)).toEqual({ value: { seat: 1 } });
    });

    it(`of one id is made once by ${RIVALS.length} at once`, async () => {
      const { requests } = await open();
      const request = sampleRequest();
      const made = await Promise.all(
        RIVALS.map((rival) => requests.create({ ...request, service: `s${rival}` }, rival)),
      );
      expect(made.filter(Boolean)).toEqual([true]);
      const winner = made.indexOf(true);
      expect((await requests.find(request.requestId))?.service).toBe(`s${winner}`);
      expect(await requests.payload(request.requestId)).toEqual({ value: winner });
    });

    it('that nobody made is none', async () => {
      const { requests } = await open();
      const { requestId } = sampleRequest();
      expect(await requests.find(requestId)).toBeUndefined();
      expect(await requests.payload(requestId)).toBeUndefined();
    });

    it.each(VALUES)('keeps its payload and its result as they are: %j', async (value) => {
      const stores = await created(sampleRequest(), value);
      const { requests, request } = stores;
      expect(await requests.payload(request.requestId)).toEqual({ value });
      await saved(stores, completed(await saved(stores, begun(request, NOW)), value, NOW));
      expect(await requests.result(request.requestId)).toEqual(value);
    });
  });

  describe('a change', () => {
    it('and its message are there together, in order', async () => {
      const stores = await created();
      const { requests, request, bodies } = stores;
      const { requestId } = request;
      const trying = await saved(stores, begun(request, NOW));
      const waiting = await saved(stores, triedInVain(trying, FAILURE, NOW + 1));
      const again = await saved(stores, begun(waiting, NOW + 2));
      expect(await requests.find(requestId)).toEqual(again);
      const end = await saved(stores, completed(again, { booked: true }, NOW + 3));
      expect(await requests.find(requestId)).toEqual(end);
      const [began, ended] = [timestamp(NOW), timestamp(NOW + 3)];
      expect(await bodies()).toEqual([
        [1, { requestId, status: 'processing', timestamp: began }],
        [2, { requestId, status: 'completed', timestamp: ended, result: { booked: true } }],
      ]);
      expect(await requests.payload(requestId)).toBeUndefined();
    });

    it('to a failure keeps what is told of it, and no result', async () => {
      const stores = await created();
      const { requests, request, bodies } = stores;
      const end = await saved(stores, failed(await saved(stores, begun(request, NOW)), FAILURE, NOW + 3));
      expect(await requests.find(request.requestId)).toEqual(end);
      expect(await requests.payload(request.requestId)).toBeUndefined();
      const { code, message } = FAILURE;
      expect((await bodies())[1]).toMatchObject([2, { status: 'failed', error: { code, message } }]);
      await expect(requests.result(request.requestId)).rejects.toThrow('has no result');
    });

    it('of a request without an address tells nobody', async () => {
      const stores = await created(withoutCallback());
      const { deliveries, request } = stores;
      await saved(stores, completed(await saved(stores, begun(request, NOW)), 1, NOW));
      expect(await deliveries.load(request.requestId)).toBeUndefined();
    });

    it('of what is not so any more changes nothing', async () => {
      const stores = await created();
      const { requests, request, bodies } = stores;
      const trying = await saved(stores, begun(request, NOW));
      expect(await requests.save(begun(request, NOW))).toBe(false);
      expect(await requests.save(failed(request, FAILURE, NOW))).toBe(false);
      expect(await requests.find(request.requestId)).toEqual(trying);
      expect(await requests.payload(request.requestId)).toEqual({ value: { seat: 1 } });
      expect(await bodies()).toHaveLength(1);
    });

    it(`is made by one of ${RIVALS.length} at once`, async () => {
      const { requests, request, bodies } = await created();
      const outcomes = await Promise.all(RIVALS.map((rival) => requests.save(begun(request, NOW + rival))));
      expect(outcomes.filter(Boolean)).toEqual([true]);
      const winner = begun(request, NOW + outcomes.indexOf(true)).next;
      expect(await requests.find(request.requestId)).toEqual(winner);
      expect(await bodies()).toHaveLength(1);
    });
  });

  describe('somebody looks after a request', () => {
    it('from a minute after its creation, its claim’s end or its next try’s time, until it has ended', async () => {
      const stores = await created(sampleRequest({ createdAt: '2001-02-03T04:05:06.000Z' }));
      const { request } = stores;
      const { requestId } = request;
      const at = Date.parse(request.createdAt);
      const isDueFrom = async (from: number) => {
        await expect.poll(async () => (await dueIds(stores, from)).includes(requestId)).toBe(true);
        expect(await dueIds(stores, from - 1)).not.toContain(requestId);
      };
      await isDueFrom(at + 60_000);
      const trying = await saved(stores, begun(request, at));
      await isDueFrom(at + 50_000);
      const waiting = await saved(stores, triedInVain(trying, FAILURE, at + 100));
      await isDueFrom(at + 2100 + 60_000);
      await saved(stores, failed(await saved(stores, begun(waiting, at + 200)), FAILURE, at + 300));
      await expect.poll(async () => (await dueIds(stores, at + 1e9)).includes(requestId)).toBe(false);
    });

    it('however many there are', async () => {
      const stores = await open();
      const many = Array.from({ length: 120 }, () => withoutCallback({ createdAt: '2001-02-03T04:05:07.000Z' }));
      for (const request of many) expect(await stores.requests.create(request, 1)).toBe(true);
      const ids = sorted(many.map(({ requestId }) => requestId));
      const found = async () =>
        (await dueIds(stores, Date.parse('2001-02-04T00:00:00Z'))).filter((id) => ids.includes(id));
      await expect.poll(async () => sorted(await found())).toEqual(ids);
    });
  });
}
