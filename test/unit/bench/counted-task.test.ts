import { describe, expect, it } from 'vitest';
import { countedTask } from '../../../bench/counted-task.ts';
import type { CountedRequest } from '../../../bench/counting-proxy.ts';
import type { LoggedCalls, WatchedFunction } from '../../../bench/function-logs.ts';
import { summary } from '../../../bench/function-logs.ts';
import { readUnits } from '../../../bench/read-units.ts';

const watched = (name: string, memoryMb = 512): WatchedFunction => ({ name, memoryMb, traced: true, logGroup: name });
const message = (text: string) => JSON.stringify({ level: 'INFO', message: text, messageId: 'm' });

describe('what functions printed', () => {
  const printed = [
    ['START RequestId: 1 Version: $LATEST', message('Delivered'), message('Delivered'), 'END RequestId: 1'],
    ['START RequestId: 2 Version: $LATEST', message('Delivery failed'), 'START RequestId: 3 Version: $LATEST'],
    [],
  ];
  const logged = summary([watched('one'), watched('two', 1024), watched('idle')], printed);

  it('tells the calls of each function that was called', () => {
    expect(logged.functions).toEqual([
      { name: 'one', memoryMb: 512, traced: true, calls: 1 },
      { name: 'two', memoryMb: 1024, traced: true, calls: 2 },
    ]);
  });

  it('tells the messages, handled or failed', () => {
    expect(logged.messages).toBe(3);
  });

  it('is billed with 26 bytes more a line', () => {
    const text = printed.flat().join('');
    expect(logged.bytes).toBe(Buffer.byteLength(text) + 7 * 26);
  });
});

describe('a counted task', () => {
  const request = (service: string, operation: string, amounts: Partial<CountedRequest> = {}): CountedRequest => ({
    service,
    operation,
    writeUnits: 0,
    readUnits: 0,
    events: 0,
    ...amounts,
  });
  const logged: LoggedCalls = {
    functions: [{ name: 'fn', memoryMb: 512, traced: true, calls: 3 }],
    bytes: 900,
    messages: 4,
  };
  const requests = [
    request('dynamodb', 'PutItem', { writeUnits: 2 }),
    request('dynamodb', 'BatchWriteItem', { writeUnits: 5 }),
    request('dynamodb', 'Query', { readUnits: 1.5 }),
    request('events', 'PutEvents', { events: 3 }),
    request('sqs', 'SendMessage'),
    request('sqs', 'ChangeMessageVisibility'),
    request('s3', 'PUT'),
    request('s3', 'LIST'),
    request('s3', 'GET'),
    request('s3', 'DELETE'),
    request('states', 'SendTaskSuccess'),
  ];

  it('adds up what was seen, in the units of bills', () => {
    expect(countedTask({ requests, logged, transitions: 5 })).toEqual({
      apiRequests: 1,
      writeUnits: 7,
      progressUnits: 5,
      readUnits: 1.5,
      events: 3,
      transitions: 5,
      messages: 4,
      queueRequests: 1,
      filePuts: 2,
      fileGets: 1,
      functions: logged.functions,
      logBytes: 900,
    });
  });

  it('is refused where no call or no message was seen, for the bill would be too low', () => {
    expect(() => countedTask({ requests, logged: { ...logged, functions: [] }, transitions: 5 })).toThrow('no call');
    expect(() => countedTask({ requests, logged: { ...logged, messages: 0 }, transitions: 5 })).toThrow('no message');
  });
});

describe('read units', () => {
  const text = (bytes: number) => ({ text: { S: 'x'.repeat(bytes) } });

  it.each([
    { of: 'a small item', request: {}, answer: { Item: text(10) }, units: 0.5 },
    { of: 'a small item, consistently', request: { ConsistentRead: true }, answer: { Item: text(10) }, units: 1 },
    { of: 'nothing found', request: { ConsistentRead: true }, answer: {}, units: 1 },
    { of: 'an item over 4 KB', request: { ConsistentRead: true }, answer: { Item: text(4096) }, units: 2 },
  ])('of $of: $units', ({ request, answer, units }) => {
    expect(readUnits('GetItem', request, answer)).toBe(units);
  });

  it('of a query are those of all its items together', () => {
    expect(readUnits('Query', { ConsistentRead: true }, { Items: [text(3000), text(3000)] })).toBe(2);
  });

  it('of a batch are those of each item', () => {
    const request = { RequestItems: { strict: { ConsistentRead: true }, loose: {} } };
    const answer = { Responses: { strict: [text(10), text(10)], loose: [text(10)] } };
    expect(readUnits('BatchGetItem', request, answer)).toBe(2.5);
  });

  it('of a transaction are twice those of each item', () => {
    expect(readUnits('TransactGetItems', {}, { Responses: [{ Item: text(10) }, {}] })).toBe(4);
  });

  it('of a write are none', () => {
    expect(readUnits('PutItem', {}, {})).toBe(0);
  });
});
