import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonBody } from '../../../../functions/shared/platform/http/parse-body.ts';
import { DRILL, runs } from '../../../support/seeds.ts';

const KB = 1024;

function parsed(body: string | Buffer | null, contentType?: string): unknown {
  const encoded = Buffer.isBuffer(body);
  return parseJsonBody({
    body: encoded ? body.toString('base64') : body,
    isBase64Encoded: encoded,
    headers: contentType === undefined ? { 'content-type': 'application/json' } : { 'Content-Type': contentType },
  } as unknown as APIGatewayProxyEvent);
}

const fault = (message: string) =>
  expect.objectContaining({ code: 'VALIDATION_ERROR', details: [{ path: 'body', message }] });
const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('a JSON body', () => {
  it('comes through as it is, whole or in base64, with or without a byte order mark', () => {
    const value = { text: 'Ж 日本 🦊 \u2028', list: [1, null, true], '': {} };
    const text = JSON.stringify(value);
    for (const body of [text, Buffer.from(text), Buffer.from(`\ufeff${text}`)]) expect(parsed(body)).toEqual(value);
  });

  it('comes through as JSON.parse reads it, whatever it is', DRILL, () =>
    fc.assert(
      fc.property(fc.json({ maxDepth: 10 }), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(parsed(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: runs() },
    ),
  );

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    'application/merge-patch+json',
    'application/json ;x=1',
  ])('may be called %s', (contentType) => {
    expect(parsed('{}', contentType)).toEqual({});
  });

  it.each(['text/plain', 'application/jsonp', 'text/json', 'application/x-www-form-urlencoded', '', 'json'])(
    'may not be called "%s"',
    (contentType) => {
      expect(() => parsed('{}', contentType)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_MEDIA_TYPE' }));
    },
  );

  it.each([null, ''])('must be there (%j)', (body) => {
    expect(() => parsed(body)).toThrow(fault('a JSON object is required'));
  });

  it.each(['{', '{"a":1,}', "{'a':1}", 'undefined', '{"a":01}', '{}{}', '\u0000', '[1', '"', 'NaN', ']['])(
    'must be JSON, not %s',
    (body) => {
      expect(() => parsed(body)).toThrow(fault('is not valid JSON'));
    },
  );

  it.each([[[0x22, 0xff, 0x22]], [[0x22, 0xc3, 0x28, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]]])(
    'must be UTF-8, not the bytes %j',
    (bytes) => {
      expect(() => parsed(Buffer.from(bytes))).toThrow(fault('is not valid JSON'));
    },
  );

  it.each(['{"__proto__":1}', '{"a":[{"__proto__":{"admin":true}}]}', '{"\\u005f_proto__":1}'])(
    'must not have the field that schemas drop in silence: %s',
    (body) => {
      expect(() => parsed(body)).toThrow(fault('must not have a field "__proto__"'));
    },
  );
});

describe('the size of a body', () => {
  const ofBytes = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
  const tooLarge = expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' });

  it('may be 256 KB, whole or in base64', () => {
    for (const body of [ofBytes(256 * KB), Buffer.from(ofBytes(256 * KB))]) expect(parsed(body)).toHaveProperty('a');
  });

  it('may not be a byte more, whole or in base64', () => {
    for (const body of [ofBytes(256 * KB + 1), Buffer.from(ofBytes(256 * KB + 1))])
      expect(() => parsed(body)).toThrow(tooLarge);
  });

  it('counts bytes, not characters', () => {
    const text = JSON.stringify({ a: 'Ж'.repeat(200 * KB) });
    for (const body of [text, Buffer.from(text)]) expect(() => parsed(body)).toThrow(tooLarge);
  });

  it('counts before anything is read', () => {
    expect(() => parsed('x'.repeat(256 * KB + 1))).toThrow(tooLarge);
  });

  it('counts again as it would be stored: short numbers can be long', () => {
    expect(() => parsed(`[${'1e20,'.repeat(50_000)}1]`)).toThrow(tooLarge);
  });
});

describe('the depth of a body', () => {
  it('may be 32 levels', () => {
    expect(parsed(nested(32))).toEqual(JSON.parse(nested(32)));
  });

  it('may not be one more, nor thousands', () => {
    for (const depth of [33, 1000, 100_000])
      expect(() => parsed(nested(depth))).toThrow(fault('is nested deeper than 32 levels'));
  });

  it('does not count brackets inside of texts, whatever is escaped in them', () => {
    const brackets = '[{'.repeat(100);
    for (const text of [brackets, `"${brackets}`, `\\"${brackets}`, `\\\\${brackets}`, `${brackets}\\`]) {
      expect(parsed(JSON.stringify({ [text]: [text] }))).toEqual({ [text]: [text] });
    }
  });

  it('counts what follows a text, whatever is escaped in it', () => {
    const deep = '['.repeat(33) + ']'.repeat(33);
    for (const text of ['\\', '"', '\\"', '["\\']) {
      expect(() => parsed(`{"a":${JSON.stringify(text)},"b":${deep}}`)).toThrow(
        fault('is nested deeper than 32 levels'),
      );
    }
  });

  it('does not count what stands side by side', () => {
    expect(parsed(`[${'[],{},'.repeat(100)}1]`)).toHaveLength(201);
  });

  const LENGTH = 250 * KB;
  it.each([
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['escaped quotes in an open text', '\\"'],
    ['open brackets', '['],
    ['closed brackets', ']'],
    ['open objects', '{"a":'],
    ['pairs of brackets', '[]'],
    ['brackets in texts', '"["'],
    ['texts and brackets', '"\\"",['],
    ['empty lists', '[],'],
  ])('and of 250 KB of %s is answered fast', (_what, unit) => {
    for (const start of ['', '"', '{"a":"', '[']) {
      const body = (start + unit.repeat(LENGTH)).slice(0, LENGTH);
      const started = performance.now();
      expect(() => parsed(body)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});
