import { beforeEach, describe, expect, it } from 'vitest';
import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { AnyEvent as EventContract } from '../../../functions/contracts/event.ts';
import { eventApi, PUBLISH } from '../../support/events/event-api.ts';
import { losingLog } from '../../support/log/lost-answers.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';

const kept = memoryTable();
const log = captureLogLines();
beforeEach(() => {
  kept.items.clear();
});

const KEY = { headers: { 'Idempotency-Key': 'k' } };
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('an event that a user publishes', () => {
  it('is stored, and answered as it is stored', async () => {
    const { publish, commits } = eventApi();
    const { status, json } = await publish({}, { headers: { 'x-correlation-id': 'corr_mine' } });
    const event = json.data as AnyEvent;
    expect([status, event]).toEqual([
      202,
      {
        eventId: expect.stringMatching(/^evt_[0-9A-HJKMNP-TV-Z]{26}-1$/),
        eventType: 'order.placed',
        source: 'shop',
        data: { total: 5 },
        metadata: {
          timestamp: AT,
          correlationId: 'corr_mine',
          userId: 'key_1',
          version: '1',
          eventId: event.eventId,
          traceId: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
          schemaVersion: '1.0',
        },
        position: `${event.metadata.timestamp}_${event.eventId.slice(0, -2)}_000000001_000`,
      },
    ]);
    expect(EventContract.strict().safeParse(event).success).toBe(true);
    expect(commits).toMatchObject([{ source: 'shop', events: [{ type: 'order.placed', data: { total: 5 } }] }]);
    expect(log.text()).not.toContain('"total"');
  });

  it('says who and what it is for, as far as its user does', async () => {
    const { publish } = eventApi();
    const metadata = { correlationId: 'corr_body', causationId: 'cause-1', userId: 'user.7' };
    const headers = { 'x-correlation-id': 'corr_header' };
    const whole = (await publish({ metadata }, { headers })).json.data as AnyEvent;
    expect(whole.metadata).toMatchObject(metadata);
    const some = (await publish({ metadata: { causationId: 'cause-1' } }, { headers })).json.data as AnyEvent;
    expect(some.metadata).toMatchObject({ correlationId: 'corr_header', causationId: 'cause-1', userId: 'key_1' });
    const none = await publish({ metadata: {} });
    expect((none.json.data as AnyEvent).metadata.correlationId).toBe(none.headers['x-correlation-id']);
    expect((none.json.data as AnyEvent).metadata).not.toHaveProperty('causationId');
  });

  it('is one of its own each time, whatever it says', async () => {
    const { published, commits } = eventApi();
    const [one, other] = [await published(), await published()];
    expect(one.eventId).not.toBe(other.eventId);
    expect(commits.map(({ version }) => version)).toEqual([1, 1]);
  });

  it.each([
    ['domains.x', 'awsome'],
    ['maosaic', 'maos-shop'],
    ['x.domain.y', 'my.aws.shop'],
    ['T'.repeat(128), 's'.repeat(256)],
    ['a', 'https://shop.example:8080/orders'],
    ['a_b-c.d:e/f', '1'],
  ])('may be called %s of %s', async (eventType, source) => {
    expect(await eventApi().published({ eventType, source })).toMatchObject({ eventType, source });
  });

  it('may be as large as the bus takes it, counted in bytes', async () => {
    const { publish } = eventApi();
    const data = (length: number) => ({ text: 'ö'.repeat(length / 2), t: 'x'.repeat(length % 2) });
    const empty = JSON.stringify(data(0)).length;
    expect((await publish({ data: data(240 * 1024 - empty) })).status).toBe(202);
    const { status, json } = await publish({ data: data(240 * 1024 - empty + 1) });
    expect([status, json.error.details]).toEqual([
      400,
      [{ path: 'data', message: 'must be at most 245760 bytes of JSON' }],
    ]);
    expect((await publish({ data: data(260 * 1024) })).json.error.code).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('an event is refused', () => {
  const faultsOf = async (body: object) => {
    const { publish, commits } = eventApi();
    const { status, json } = await publish(body);
    expect([status, json.error?.code, commits]).toEqual([400, 'VALIDATION_ERROR', []]);
    return json.error.details ?? [];
  };
  const pathsOf = async (body: object) => (await faultsOf(body)).map(({ path }) => path);

  it.each(['domain.TaskCreated', 'domain.', 'domain', 'maos.x', 'MAOS', 'aws.ec2', 'AWS.ec2', 'Domain.x', 'aws'])(
    'whose type or source is ours: %s',
    async (name) => {
      const message = 'is reserved: domain., maos. and aws. are not yours to publish';
      expect(await faultsOf({ eventType: name })).toEqual([{ path: 'eventType', message }]);
      expect(await faultsOf({ source: name })).toEqual([{ path: 'source', message }]);
    },
  );

  it.each(['', 'a b', 'a*', 'ö', 'a\n', '"', 'a,b', 5, null, undefined])('whose names are %j', async (name) => {
    expect(await pathsOf({ eventType: name })).toEqual(['eventType']);
    expect(await pathsOf({ source: name })).toEqual(['source']);
  });

  it.each([
    ['a type that is too long', { eventType: 't'.repeat(129) }, 'eventType'],
    ['a source that is too long', { source: 's'.repeat(257) }, 'source'],
    ['no data', { data: undefined }, 'data'],
    ['data that is a list', { data: [1] }, 'data'],
    ['data that is text', { data: 'x' }, 'data'],
    ['data that is null', { data: null }, 'data'],
    ['metadata that is null', { metadata: null }, 'metadata'],
    ['an id that is none', { metadata: { correlationId: 'a b' } }, 'metadata.correlationId'],
    ['an empty id', { metadata: { causationId: '' } }, 'metadata.causationId'],
    ['an id that is too long', { metadata: { userId: 'u'.repeat(129) } }, 'metadata.userId'],
    ['an id of its own', { eventId: 'evt_1-1' }, 'eventId'],
    ['a time of its own', { metadata: { timestamp: '2026-08-19T10:00:00.000Z' } }, 'metadata.timestamp'],
    ['a trace of its own', { metadata: { traceId: '1-a-b' } }, 'metadata.traceId'],
  ])('that has %s', async (_what, body, path) => {
    expect(await pathsOf(body)).toEqual([path]);
  });

  it('without the scope, or as no JSON', async () => {
    const { publish, call, commits } = eventApi();
    expect((await publish({}, { scopes: 'read,admin' })).status).toBe(403);
    expect((await call('POST', '', { body: '{' })).status).toBe(400);
    const headers = { 'Content-Type': 'text/plain' };
    expect((await call('POST', '', { body: PUBLISH, headers })).status).toBe(415);
    expect(commits).toEqual([]);
  });
});

describe('the same Idempotency-Key', () => {
  it('gives the same event again, and publishes it once', async () => {
    const { publish, commits } = eventApi();
    const first = await publish({}, KEY);
    const second = await publish({}, { ...KEY, headers: { ...KEY.headers, 'x-correlation-id': 'corr_other' } });
    expect([second.status, second.json.data]).toEqual([202, first.json.data]);
    expect(commits).toHaveLength(1);
  });

  it('meets its event where the first call died before it was recorded', async () => {
    const { publish, commits } = eventApi();
    const first = await publish({}, KEY);
    kept.items.clear();
    const second = await publish({}, KEY);
    expect([second.json.data, commits.length]).toEqual([first.json.data, 1]);
  });

  it('meets its event where the answer of its put was lost', async () => {
    const { publish, log: events, commits } = eventApi();
    const losing = losingLog({ ...events }, () => 0);
    const { append } = events;
    events.append = losing.append;
    expect((await publish({}, KEY)).status).toBe(500);
    events.append = append;
    const { status, json } = await publish({}, KEY);
    expect([losing.lost(), status, commits.length]).toEqual([1, 202, 1]);
    expect((json.data as AnyEvent).eventId).toBe(`${commits[0]?.aggregateId}-1`);
  });

  it('is refused for another event', async () => {
    const { publish, commits } = eventApi();
    await publish({}, KEY);
    expect((await publish({ data: { total: 6 } }, KEY)).json.error.code).toBe('IDEMPOTENCY_MISMATCH');
    expect(commits).toHaveLength(1);
  });
});
