import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { Plan } from '../../support/requests/request-world.ts';
import { failing, pauses, RequestWorld } from '../../support/requests/request-world.ts';

const logs = captureLogLines();

let world: RequestWorld;
beforeEach(() => {
  world = new RequestWorld();
});
afterEach(() => {
  vi.useRealTimers();
});

const OVER = new AppError('TIMEOUT', 'It did not end within 1000 ms.', { retryable: true });
const OPEN = new AppError('SERVICE_UNAVAILABLE', 'billing is unavailable.', { details: { service: 'billing' } });
const GONE = new AppError('SERVICE_NOT_FOUND', 'There is no service billing.');

/** Its tries by the queue alone, or for somebody who waits so long. */
const ways = [
  ['by the queue', undefined],
  ['for a caller who waits for all of it', 300_000],
  ['for a caller who waits for some of it', 5000],
] as const;

describe.each(ways)('a request, %s', (_way, waits) => {
  const run = async (plan: Plan, fields: Parameters<RequestWorld['created']>[0] = {}) => {
    world.plan = plan;
    const requestId = await world.created(fields);
    world.start(requestId, waits && world.time.now + waits);
    await world.settle();
    return (await world.requests.find(requestId)) as NonNullable<Awaited<ReturnType<typeof world.requests.find>>>;
  };
  const told = (requestId: string) => world.bodies(requestId).map(({ status }) => status);

  it('succeeds at its first try', async () => {
    const { requestId, status, attempts } = await run(() => ({ give: { seat: 7 } }));
    expect([status, attempts, world.tries.length, world.orders.length]).toEqual(['completed', 1, 1, 0]);
    expect(await world.requests.result(requestId)).toEqual({ seat: 7 });
    expect(world.bodies(requestId)).toMatchObject([
      { status: 'processing' },
      { status: 'completed', result: { seat: 7 } },
    ]);
    expect(world.kicks).toEqual([requestId, requestId]);
  });

  it('succeeds at its third try, after 2 and 4 s', async () => {
    const { requestId, status, attempts } = await run((tried) => (tried < 3 ? { fail: failing(true) } : {}));
    expect([status, attempts, pauses(world.tries)]).toEqual(['completed', 3, [2000, 4000]]);
    expect(told(requestId)).toEqual(['processing', 'completed']);
  });

  it('keeps an outcome through a while without its table, rather than have the service do its work again', async () => {
    const { save } = world.requests;
    let refusals = 0;
    world.requests.save = async (change) => {
      if (change.next.status !== 'completed' || refusals === 5) return save(change);
      refusals += 1;
      throw new Error('The table is away.');
    };
    const { status, attempts } = await run(() => ({}), { retries: 0 });
    expect([status, attempts, world.tries.length, refusals]).toEqual(['completed', 1, 1, 5]);
  });

  it('gives an outcome up where another try may begin', async () => {
    const { save } = world.requests;
    let away = true;
    world.requests.save = async (change) => {
      if (away && change.next.status === 'completed') throw new Error('The table is away.');
      return save(change);
    };
    world.plan = () => ({});
    const requestId = await world.created({ retries: 1 });
    let reason: unknown;
    const until = waits && world.time.now + waits;
    world.time.in(0, () => void world.work(requestId, until).catch((error: Error) => (reason = error.message)));
    await world.time.run(600_000);
    expect(reason).toBe('The table is away.');
    away = false;
    world.start(requestId);
    await world.settle();
    expect(await world.requests.find(requestId)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('ends at once with an error that no further try would change', async () => {
    const { requestId, status, attempts, failure } = await run(() => ({ fail: failing(false) }));
    const details = { service: 'billing', httpStatus: 500 };
    expect([status, attempts, world.tries.length]).toEqual(['failed', 1, 1]);
    expect(failure).toEqual({ code: 'SERVICE_ERROR', message: 'It failed.', details });
    const error = { code: 'SERVICE_ERROR', message: 'It failed.' };
    expect(world.bodies(requestId)[1]).toMatchObject({ status: 'failed', error });
  });

  it('is exhausted after four tries', async () => {
    const { requestId, status, attempts } = await run(() => ({ fail: failing(true) }));
    expect([status, attempts, pauses(world.tries)]).toEqual(['failed', 4, [2000, 4000, 8000]]);
    expect(told(requestId)).toEqual(['processing', 'failed']);
  });

  it('of one try has one', async () => {
    const { status, attempts, failure } = await run(() => ({ ms: 1000, fail: OVER }), { retries: 0 });
    expect([status, attempts, failure?.code, world.orders]).toEqual(['failed', 1, 'TIMEOUT', []]);
  });

  it('waits no longer than 10 s between eleven tries', async () => {
    const { attempts } = await run(() => ({ ms: 1000, fail: OVER }), { retries: 10 });
    expect([attempts, pauses(world.tries)]).toEqual([11, [2000, 4000, 8000, ...Array(7).fill(10_000)]]);
  });

  it.each([
    ['whose breaker is open', OPEN],
    ['that was removed', GONE],
  ])('to a service %s ends at once', async (_which, fail) => {
    const { status, attempts, failure } = await run(() => ({ fail }));
    expect([status, attempts, failure?.code]).toEqual(['failed', 1, fail.code]);
  });

  it.each([
    [256 * 1024, 'completed', undefined],
    [256 * 1024 + 1, 'failed', 'RESULT_TOO_LARGE'],
  ])('whose result has %d bytes is %s', async (bytes, status, code) => {
    const request = await run(() => ({ give: 'Ж'.repeat(Math.floor((bytes - 2) / 2)) + 'x'.repeat(bytes % 2) }));
    expect([request.status, request.attempts, request.failure?.code]).toEqual([status, 1, code]);
  });

  it('that meets a fault of ours ends without a word of it', async () => {
    const { failure, attempts } = await run(() => ({ fail: new TypeError('x of undefined') as AppError }));
    expect([failure, attempts]).toEqual([{ code: 'INTERNAL_ERROR', message: 'Something went wrong on our side.' }, 1]);
    expect(logs.text()).toContain('x of undefined');
  });
});

describe('a worker', () => {
  it('leaves a request that there is not, that has ended, or that another has in hand', async () => {
    await world.work('req_unknown');
    const requestId = await world.created();
    world.start(requestId);
    world.start(requestId);
    await world.time.run(5);
    expect(world.tries).toHaveLength(1);
    await world.settle();
    await world.work(requestId);
    expect([world.tries.length, world.orders.length]).toEqual([1, 0]);
  });

  it(`is one of 20 at once who make the try, and the next`, async () => {
    world.plan = (tried) => (tried === 1 ? { fail: failing(true) } : {});
    world.copies = 20;
    const requestId = await world.created();
    for (let rival = 0; rival < 20; rival += 1) world.start(requestId);
    await world.settle();
    expect([world.tries.length, pauses(world.tries)]).toEqual([2, [2000]]);
    expect((await world.requests.find(requestId))?.attempts).toBe(2);
  });

  it('waits where its order came before its time', async () => {
    world.plan = (tried) => (tried === 1 ? { fail: failing(true) } : {});
    const requestId = await world.created();
    world.start(requestId);
    await world.time.run(1500);
    for (let copy = 0; copy < 3; copy += 1) world.start(requestId);
    await world.settle();
    expect(pauses(world.tries)).toEqual([2000]);
  });

  it('makes no try for a caller who is gone by then, and none is forgotten', async () => {
    world.plan = (tried) => (tried === 1 ? { fail: failing(true) } : {});
    const requestId = await world.created();
    const began = world.time.now;
    world.start(requestId, began + 2010);
    await world.time.run(11);
    expect(world.orders).toEqual([began + 10]);
    await world.settle();
    expect(pauses(world.tries)).toEqual([2000]);
  });

  it('goes on where callbacks cannot be started: they are kept', async () => {
    world.breaks = (ports) => ({ ...ports, kick: () => Promise.reject(new Error('no queue')) });
    const requestId = await world.created();
    world.start(requestId);
    await world.settle();
    expect(world.bodies(requestId)).toHaveLength(2);
    expect(logs.lines().filter(({ message }) => message === 'A callback waits for the sweep')).toHaveLength(2);
  });

  it('takes no try where it cannot find out where the request goes', async () => {
    world.breaks = (ports) => ({ ...ports, prepare: () => Promise.reject(new Error('no table')) });
    const requestId = await world.created();
    await expect(world.work(requestId)).rejects.toThrow('no table');
    expect(await world.requests.find(requestId)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('that comes back after its claim has run out changes nothing', async () => {
    world.plan = (tried) => (tried === 1 ? { ms: 600_000, give: 'late' } : { give: 'in time' });
    const requestId = await world.created({ timeout: 1000 });
    world.start(requestId);
    await world.settle();
    await world.time.run(700_000);
    expect(await world.requests.result(requestId)).toBe('in time');
    expect(world.tries.map(({ to }) => to !== undefined)).toEqual([true, true]);
    expect(logs.lines().filter(({ message }) => message === 'A try ended too late')).toHaveLength(1);
    expect(world.bodies(requestId)).toHaveLength(2);
  });
});
