import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { deadLetterModel } from '../../../functions/contracts/dead-letters.ts';
import { ENV } from '../../../functions/contracts/env.ts';
import type { RecorderPorts } from '../../../functions/dead-letters/adapters/dead-letter-recorder.ts';
import { deadLetterRecorder } from '../../../functions/dead-letters/adapters/dead-letter-recorder.ts';
import { queuePipeline } from '../../../functions/shared/platform/queues/queue-pipeline.ts';
import { ENVELOPE, FAILED_EVENT, letterRecord, SECRET, UNDELIVERED } from '../../support/dead-letter-samples.ts';
import type { Fault } from '../../support/faults.ts';
import { Died, everyFault, FaultLine } from '../../support/faults.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { memoryReadModels } from '../../support/read-models/memory-read-models.ts';

const logs = captureLogLines();
beforeEach(() => {
  vi.stubEnv(ENV.stage, 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The table and the bucket, in memory. */
function places() {
  const rows = memoryReadModels<DeadLetterRow>(deadLetterModel);
  const objects = new Map<string, string>();
  const messages = { put: async (key: string, message: string) => void objects.set(key, message) };
  const ports: RecorderPorts = { stage: 'test', rows, messages };
  const letters = async () => (await rows.query({ where: {}, limit: 100 })).items;
  return { rows, objects, ports, letters };
}

async function recorded(record: SQSRecord) {
  const { ports, letters, objects } = places();
  await deadLetterRecorder(ports)(record);
  const [letter] = await letters();
  if (letter === undefined) throw new Error('Nothing was recorded.');
  return { letter, objects };
}

async function delivered(ports: RecorderPorts, ...Records: SQSRecord[]): Promise<string[]> {
  const response = await queuePipeline(deadLetterRecorder(ports))({ Records }, {} as Context);
  return (response as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const metrics = () => logs.entries().filter((line) => '_aws' in line);
const lines = () => logs.entries().filter((line) => 'message' in line);

describe('a dead letter', () => {
  it('is an open row of its queue, with an id of its own', async () => {
    const { letter, objects } = await recorded(letterRecord({ body: JSON.stringify(FAILED_EVENT) }));
    expect(letter).toEqual({
      ...FAILED_EVENT,
      deadLetterId: expect.stringMatching(/^letter_[0-9A-Z]{26}$/),
      queue: 'task-follower',
      status: 'open',
      pile: 'open:task-follower',
    });
    expect(objects.size).toBe(0);
  });

  it('without a fingerprint gets the one of its cause', async () => {
    const print = async (ERROR_CODE: string, queue = 'task-follower') =>
      (await recorded(letterRecord({ queue, messageAttributes: { ...UNDELIVERED, ERROR_CODE } }))).letter.fingerprint;
    expect(await print('TIMEOUT')).toMatch(/^[0-9a-f]{16}$/);
    expect(await print('TIMEOUT')).toBe(await print('TIMEOUT'));
    expect(await print('NO_RESOURCE')).not.toBe(await print('TIMEOUT'));
    expect(await print('TIMEOUT', 'publisher')).not.toBe(await print('TIMEOUT'));
  });

  it('has another id in another queue, and as another message', async () => {
    const samples = [{}, { queue: 'publisher' }, { messageId: 'm2' }];
    const letters = await Promise.all(samples.map((sample) => recorded(letterRecord(sample))));
    expect(new Set(letters.map(({ letter }) => letter.deadLetterId)).size).toBe(3);
  });

  it('that comes twice is one row', async () => {
    const { ports, letters } = places();
    const twice = [letterRecord({ receives: 1 }), letterRecord({ receives: 2 })];
    expect(await delivered(ports, ...twice, letterRecord({ messageId: 'm2' }))).toEqual([]);
    expect(await letters()).toHaveLength(2);
    expect(metrics()).toHaveLength(2);
    expect(lines().map(({ message }) => message)).toContain('Dead letter was recorded before');
  });

  it.each(['redriven', 'deleted'] as const)(
    'that comes again stays %s, if that is what became of it',
    async (status) => {
      const { rows, ports, letters } = places();
      await delivered(ports, letterRecord());
      const [letter] = await letters();
      if (letter === undefined) throw new Error('Nothing was recorded.');
      await rows.put({ row: { ...letter, status, pile: `${status}:task-follower` }, version: 2 }, 1);
      expect(await delivered(ports, letterRecord())).toEqual([]);
      expect(await letters()).toEqual([expect.objectContaining({ status })]);
    },
  );
});

describe('a large message', () => {
  /** A letter whose message takes so many bytes in a row's JSON, and those are the quotes around it. */
  const letterOf = (message: string) => letterRecord({ body: JSON.stringify({ ...FAILED_EVENT, message }) });

  it.each([
    ['that just fits', 'm'.repeat(299_998), false],
    ['one byte too long', 'm'.repeat(299_999), true],
    ['of two bytes a character', 'Ж'.repeat(150_000), true],
    ['that grows by what JSON escapes', '"'.repeat(150_000), true],
  ])('%s', async (_what, message, large) => {
    const { letter, objects } = await recorded(letterOf(message));
    const messageKey = `dead-letters/${letter.deadLetterId}`;
    expect(letter.message).toBe(large ? message.slice(0, 1000) : message);
    expect(letter.messageBytes).toBe(large ? Buffer.byteLength(message) : undefined);
    expect([...objects]).toEqual(large ? [[messageKey, message]] : []);
    expect(letter.messageKey).toBe(large ? messageKey : undefined);
    expect(letter).toMatchObject({ error: FAILED_EVENT.error, pile: 'open:task-follower' });
  });

  it('is shown by its beginning, and that by whole characters', async () => {
    const { letter } = await recorded(letterOf(`${'m'.repeat(999)}🦊${'m'.repeat(300_000)}`));
    expect(letter.message).toBe(`${'m'.repeat(999)}\ufffd`);
  });

  it('leaves no row that an item of DynamoDB could not hold', async () => {
    const long = { subscriptionId: '\u0001'.repeat(9000), eventType: '"'.repeat(9000), error: '\u0001'.repeat(9000) };
    const body = JSON.stringify({ ...FAILED_EVENT, ...long, message: 'm'.repeat(299_998) });
    const { letter } = await recorded(letterRecord({ body }));
    expect(Buffer.byteLength(JSON.stringify(letter))).toBeLessThan(390_000);
  });
});

describe('a recorder that dies', () => {
  const letters = {
    'over a letter': letterRecord(),
    'over a large letter': letterRecord({ body: `{"detail-type":"x","detail":"${'m'.repeat(300_000)}"}` }),
  };

  async function played(record: SQSRecord, fault?: Fault) {
    const place = places();
    const line = new FaultLine(fault);
    const rows = line.through(place.ports.rows, 'put');
    const dying = deadLetterRecorder({ ...place.ports, rows, messages: line.through(place.ports.messages, 'put') });
    if (fault === undefined) await dying(record);
    else {
      await expect(dying(record)).rejects.toThrow(Died);
      expect(line.fired).toBe(true);
      for (const { messageKey } of await place.letters()) {
        if (messageKey !== undefined) expect(place.objects.has(messageKey)).toBe(true);
      }
      await deadLetterRecorder(place.ports)(record);
    }
    return { calls: line.calls, outcome: { letters: await place.letters(), objects: [...place.objects] } };
  }

  it.each(Object.entries(letters))(
    '%s leaves it to be recorded once, and no row without its message',
    async (_, record) => {
      const { calls, outcome } = await played(record);
      expect(outcome.letters).toHaveLength(1);
      expect(calls).toBe(1 + outcome.objects.length);
      for (const fault of everyFault(calls)) {
        expect({ fault, ...(await played(record, fault)).outcome }).toEqual({ fault, ...outcome });
      }
    },
  );
});

describe('a batch', () => {
  it('gives back just the letters that could not be recorded', async () => {
    const { rows, ports, letters } = places();
    const put: RecorderPorts['rows']['put'] = async (next, seen) => {
      if (next.row.queue === 'publisher') throw new Error('The table is away.');
      return rows.put(next, seen);
    };
    const records = [
      letterRecord(),
      letterRecord({ queue: 'publisher', messageId: 'm2' }),
      letterRecord({ messageId: 'm3' }),
    ];
    expect(await delivered({ ...ports, rows: { put } }, ...records)).toEqual(['m2']);
    expect(await letters()).toHaveLength(2);
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'Dead letter not recorded',
        queue: 'publisher',
        messageId: 'm2',
        error: expect.objectContaining({ message: 'The table is away.' }),
      }),
    );
    expect(logs.text()).not.toContain(SECRET);
  });

  it('gives back every letter while the table or the bucket is away', async () => {
    const { ports } = places();
    const away = { put: () => Promise.reject(new Error('away')) };
    const records = [letterRecord(), letterRecord({ messageId: 'm2', body: 'm'.repeat(300_000) })];
    expect(await delivered({ ...ports, rows: away }, ...records)).toEqual(['m1', 'm2']);
    expect(await delivered({ ...ports, messages: away }, ...records)).toEqual(['m2']);
  });
});

describe("a recorder's lines", () => {
  it('name the letter, its cause and the request behind it, and never what it says', async () => {
    const { letter } = await recorded(letterRecord({ body: JSON.stringify(FAILED_EVENT) }));
    const { deadLetterId } = letter;
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'Dead letter recorded',
        queue: 'task-follower',
        deadLetterId,
        fingerprint: FAILED_EVENT.fingerprint,
        eventType: 'domain.TaskCreated',
        correlationId: 'corr_1',
      }),
    ]);
    expect(logs.text()).not.toContain(SECRET);
    expect(logs.text()).not.toContain(FAILED_EVENT.error);
  });

  it.each([
    ['in place of a correlation id', { metadata: { correlationId: SECRET } }],
    ['as a correlation id that is no text', { metadata: { correlationId: { text: SECRET } } }],
    ['in place of the metadata', { metadata: SECRET }],
  ])('do not take a payload %s', async (_where, detail) => {
    await recorded(letterRecord({ body: JSON.stringify({ 'detail-type': 'x', detail }) }));
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).not.toHaveProperty('correlationId');
    expect(logs.text()).not.toContain(SECRET);
  });

  it('count each letter under its own queue', async () => {
    const { ports } = places();
    await delivered(ports, letterRecord(), letterRecord({ queue: 'publisher', messageId: 'm2' }));
    const counted = (queue: string) =>
      expect.objectContaining({
        service: 'test',
        queue,
        OpenDeadLetters: 1,
        _aws: expect.objectContaining({
          CloudWatchMetrics: [
            {
              Namespace: 'MAOS',
              Dimensions: [['service', 'queue']],
              Metrics: [{ Name: 'OpenDeadLetters', Unit: 'Count' }],
            },
          ],
        }),
      });
    expect(metrics()).toEqual([counted('task-follower'), counted('publisher')]);
  });
});

it('the message of a letter that can be read is the one to send again', async () => {
  const { letter } = await recorded(letterRecord({ messageAttributes: UNDELIVERED }));
  expect(letter.message).toBe(ENVELOPE);
});
