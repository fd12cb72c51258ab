import { describe, expect, it } from 'vitest';
import { AppError, assertNever, invalid, isAppError, messageOf } from '../../../functions/shared/kernel/errors.ts';

describe('AppError', () => {
  it('is named by its code, which is what Step Functions matches', () => {
    const error = new AppError('NO_AGENT', 'Nobody.');
    expect([error.name, error.code, error.message, error.retryable]).toEqual([
      'NO_AGENT',
      'NO_AGENT',
      'Nobody.',
      false,
    ]);
  });

  it('is known by its shape, also from another bundle', () => {
    const twin = Object.assign(new Error('x'), { name: 'CONFLICT', code: 'CONFLICT', retryable: true });
    expect(isAppError(twin)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'CONFLICT'],
    ['a plain object', { name: 'CONFLICT', code: 'CONFLICT', retryable: true }],
    ["Node's own errors", Object.assign(new Error('x'), { code: 'ECONNRESET' })],
    ['an error whose name is not its code', Object.assign(new Error('x'), { code: 'CONFLICT', retryable: true })],
  ])('is not %s', (_what, value) => {
    expect(isAppError(value)).toBe(false);
  });
});

describe('invalid', () => {
  it('carries every fault and names their places', () => {
    const faults = [
      { path: 'type', message: 'a' },
      { path: '', message: 'b' },
    ];
    const error = invalid(faults);
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', retryable: false, details: faults });
    expect(error.message).toBe('The request is not valid: type, body.');
  });
});

describe('messageOf', () => {
  it('is the text of whatever was thrown', () => {
    expect([new Error('a'), 'b', undefined, 5].map(messageOf)).toEqual(['a', 'b', 'undefined', '5']);
  });
});

describe('assertNever', () => {
  it('throws for a value that the types had ruled out', () => {
    expect(() => assertNever('odd' as never)).toThrow('Unexpected value: "odd"');
  });
});
