import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal, jsonOf } from '../support/cloud/api-client.ts';
import type { Receiver } from '../support/cloud/callbacks.ts';
import { sharedServers, webhookIdOf } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import {
  heardBy,
  idsOf,
  ownEventType,
  publish,
  subscribe,
  subscriptionOf,
  untilSubscription,
} from '../support/cloud/subscribers.ts';
import { endedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';
import { answer } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const change = (subscriptionId: string, status: 'active' | 'paused') =>
  api.call(`/subscriptions/${subscriptionId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
const unsubscribe = (subscriptionId: string) => api.call(`/subscriptions/${subscriptionId}`, { method: 'DELETE' });
const bodyOf = (hook: Pick<Receiver, 'url'>) => ({ eventType: ownEventType('x'), target: { url: hook.url } });

describe.concurrent('a subscription', () => {
  it('hears just the events that match its filter, signed, under their own ids', async () => {
    const [hook, eventType] = [await servers.receiver(), ownEventType('paid')];
    const filter = { amount: [{ numeric: ['>', 100] }], customer: { kind: ['firm', { prefix: 'club' }] } };
    const { secret, subscriptionId, ...rest } = await subscribe(api, hook, { eventType, filter });
    expect(rest).toMatchObject({ eventType, filter, target: { url: hook.url }, retryPolicy: { maxAttempts: 3 } });
    const event = (amount: number, kind: string) => publish(api, eventType, { amount, customer: { kind } });
    const matching = [await event(101, 'firm'), await event(5000, 'club-gold')];
    await event(100, 'firm');
    await event(101, 'person');
    await publish(api, `${eventType}x`, { amount: 500, customer: { kind: 'firm' } });
    matching.push(await event(102, 'firm'));
    const heard = await heardBy(hook, secret, 3);
    expect(idsOf(heard)).toEqual(matching.map(({ eventId }) => eventId).sort());
    expect(new Set(hook.taken.map(webhookIdOf))).toEqual(new Set(matching.map(({ eventId }) => eventId)));
    expect(heard[0]).toEqual({ subscriptionId, event: expect.objectContaining({ eventType, source: 'tests' }) });
    const active = await untilSubscription(
      api,
      { subscriptionId },
      ({ status, metrics }) => status === 'active' && metrics.success === 3,
    );
    expect(active.metrics).toEqual({ success: 3, error: 0 });
    expect(active).not.toHaveProperty('secret');
  });

  it('hears domain events by the beginning of their names, with the correlation of their cause', async () => {
    const [hook, correlationId] = [await servers.receiver(), newCorrelationId()];
    const type = ownEventType('task').replaceAll('.', '-');
    const filter = { eventData: { type: [type] } };
    const { secret } = await subscribe(api, hook, { eventType: 'domain.TaskCr*', filter });
    const { taskId } = await newTask(api, { type, description: 'Heard' }, correlationId);
    await newTask(api, { type: `${type}-other`, description: 'Not heard' }, correlationId).then(({ taskId: id }) =>
      api.post(`/tasks/${id}/cancel`, {}),
    );
    expect(idsOf(await heardBy(hook, secret, 1))).toEqual([`${taskId}-1`]);
    expect(hook.taken[0]?.headers['x-correlation-id']).toBe(correlationId);
    await api.post(`/tasks/${taskId}/cancel`, {});
    await endedTask(api, taskId);
  });

  it('that is made in the middle of a burst hears everything after it, and no type of others', async () => {
    const [hook, eventType] = [await servers.receiver(), ownEventType('burst')];
    let isOver = false;
    const before: string[] = [];
    const after: string[] = [];
    const burst = async (ids: string[]) => {
      for (let number = 0; !isOver && ids.length < 12; number += 1)
        ids.push((await publish(api, eventType, { number })).eventId);
    };
    const first = Promise.all([burst(before), burst(before)]);
    const { secret } = await subscribe(api, hook, { eventType });
    await Promise.all([burst(after), burst(after)]);
    isOver = true;
    await first;
    const heard = new Set(idsOf(await heardBy(hook, secret, after.length)));
    const known = new Set([...before, ...after]);
    const all = () => after.every((id) => hook.taken.some((one) => webhookIdOf(one) === id)) || undefined;
    expect(await waitFor(all, { everyMs: 100, limitMs: 60_000 })).toBe(true);
    for (const id of heard) expect(known).toContain(id);
  });

  it('keeps what arrives in a pause and brings it when it is resumed; ended, it brings nothing more', async () => {
    const [hook, eventType] = [await servers.receiver(), ownEventType('paused')];
    const { subscriptionId, secret } = await subscribe(api, hook, { eventType });
    const first = await publish(api, eventType, { number: 1 });
    expect(idsOf(await heardBy(hook, secret, 1))).toEqual([first.eventId]);
    expect(dataOf(await change(subscriptionId, 'paused'))).toMatchObject({ status: 'paused' });
    const kept = [];
    for (let number = 2; number < 7; number += 1) kept.push((await publish(api, eventType, { number })).eventId);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(hook.taken.map(webhookIdOf)).toEqual([first.eventId]);
    expect(dataOf(await change(subscriptionId, 'active'))).not.toMatchObject({ status: 'paused' });
    expect(idsOf(await heardBy(hook, secret, 6))).toEqual([first.eventId, ...kept].sort());
    expect((await unsubscribe(subscriptionId)).status).toBe(204);
    await publish(api, eventType, { number: 99 });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(hook.taken).toHaveLength(6);
    expectRefusal(await unsubscribe(subscriptionId), 404, 'NOT_FOUND');
    expectRefusal(await api.call(`/subscriptions/${subscriptionId}`), 404, 'NOT_FOUND');
  });

  it('gives up a message after its tries, tells why, and never hears of that itself', async () => {
    const hook = await servers.receiver(answer(503));
    const eventType = ownEventType('refused');
    const { subscriptionId } = await subscribe(api, hook, { eventType, retryPolicy: { maxAttempts: 2 } });
    const everything = await servers.receiver();
    const filter = { eventData: { stream: [{ prefix: subscriptionId }] } };
    const watcher = await subscribe(api, everything, { eventType: 'domain.DeliveryExhausted', filter });
    const own = await subscribe(api, hook, { eventType: 'domain.DeliveryExhausted', filter });
    const { eventId } = await publish(api, eventType, { number: 1 });
    const { metrics } = await untilSubscription(api, { subscriptionId }, (one) => one.metrics.error === 1);
    expect(metrics).toEqual({
      success: 0,
      error: 1,
      lastError: 'The receiver answered with status 503 (Service Unavailable).',
    });
    const [told] = await heardBy(everything, watcher.secret, 1);
    expect(told?.event.data).toMatchObject({ eventData: { webhookId: eventId, attempts: 2 } });
    // It hears of the other one's failure, fails itself, and that is told to nobody.
    await untilSubscription(api, own, (one) => one.metrics.error === 1);
    expect(hook.requests.filter(({ headers }) => headers['webhook-id'] === eventId)).toHaveLength(2);
  });

  it('is tested by a signed message, whose outcome is the answer', async () => {
    const hook = await servers.receiver();
    const { subscriptionId, secret } = await subscribe(api, hook, bodyOf(hook));
    const outcome = dataOf(await api.post(`/subscriptions/${subscriptionId}/test`, {}));
    expect(outcome).toMatchObject({ delivered: true, statusCode: 204 });
    expect((await heardBy(hook, secret, 1))[0]).toMatchObject({ type: 'subscription.test', subscriptionId });
    hook.behave(answer(500));
    const failed = dataOf(await api.post(`/subscriptions/${subscriptionId}/test`, {}));
    expect(failed).toMatchObject({ delivered: false, statusCode: 500 });
  });

  it('is made once under an Idempotency-Key, and shows its secret then and never again', async () => {
    const hook = await servers.receiver();
    const body = bodyOf(hook);
    const key = { 'idempotency-key': newCorrelationId() };
    const first = jsonOf(await api.create('/subscriptions', body, key)) as {
      data: { subscriptionId: string; secret: string };
    };
    const second = jsonOf(await api.create('/subscriptions', body, key)) as typeof first;
    expect(second.data).toStrictEqual(first.data);
    expect(first.data.secret).toMatch(/^whsec_/);
    expect(await subscriptionOf(api, first.data)).not.toHaveProperty('secret');
    const { items } = await api.data<{ items: { subscriptionId: string }[] }>('/subscriptions?limit=100');
    expect(items.filter(({ subscriptionId }) => subscriptionId === first.data.subscriptionId)).toHaveLength(1);
  });

  it.each([
    ['a pattern that EventBridge refuses', { filter: { a: [{ numberic: ['>', 1] }] } }, ['filter']],
    ['a filter that names nothing', { filter: {} }, ['filter']],
    ['a filter that is too long', { filter: { a: Array.from({ length: 400 }, (_, at) => `value-${at}`) } }, ['filter']],
    ['a * in the middle', { eventType: 'a*b' }, ['eventType']],
    ['an address that may not be called', { target: { url: 'http://169.254.169.254/' } }, ['target.url']],
    ['no try at all', { retryPolicy: { maxAttempts: 0 } }, ['retryPolicy.maxAttempts']],
  ])('is refused with %s', async (_what, wrong, paths) => {
    const body = { eventType: ownEventType('x'), target: { url: 'http://127.0.0.1:9/' }, ...wrong };
    expectFaults(await api.post('/subscriptions', body), paths);
  });
});
