import { afterEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../functions/contracts/env.ts';
import { envList, requireEnv, requireEnvNumber } from '../../../functions/shared/platform/env.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('requireEnv', () => {
  it('gives the value', () => {
    vi.stubEnv(ENV.stage, 'local');
    expect(requireEnv(ENV.stage)).toBe('local');
  });

  it.each([undefined, ''])('throws with the name of a variable that is %j', (value) => {
    vi.stubEnv(ENV.stage, value);
    expect(() => requireEnv(ENV.stage)).toThrow('The environment variable MAOS_STAGE is not set.');
  });
});

describe('requireEnvNumber', () => {
  it.each([
    ['3', 3],
    ['0', 0],
  ])('gives "%s" as a number', (text, number) => {
    vi.stubEnv(ENV.maxAttempts, text);
    expect(requireEnvNumber(ENV.maxAttempts)).toBe(number);
  });

  it.each(['three', '3s', 'Infinity'])('throws for "%s"', (text) => {
    vi.stubEnv(ENV.maxAttempts, text);
    expect(() => requireEnvNumber(ENV.maxAttempts)).toThrow(
      'The environment variable MAOS_MAX_ATTEMPTS is not a number.',
    );
  });
});

describe('envList', () => {
  it.each([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['', []],
    [undefined, []],
  ])('gives %j as %j', (text, list) => {
    vi.stubEnv(ENV.corsOrigins, text);
    expect(envList(ENV.corsOrigins)).toEqual(list);
  });
});

describe('the names of the variables', () => {
  it('are all different and all ours', () => {
    const names = Object.values(ENV);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^MAOS_[A-Z_]+$/.test(name))).toEqual([]);
  });
});
