import { describe, expect, it } from 'vitest';
import { cloudEnvironment, guardEndpoint, isLoopback, userEndpoint } from '../../../local/cloud/endpoint.ts';

describe('the guard in front of every endpoint', () => {
  it.each([
    ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
    ['http://127.0.0.1:4566/', 'http://127.0.0.1:4566'],
    ['http://127.255.3.4:80', 'http://127.255.3.4'],
    ['https://localhost:4566', 'https://localhost:4566'],
    ['http://[::1]:4566', 'http://[::1]:4566'],
    ['http://2130706433:4566', 'http://127.0.0.1:4566'],
  ])('lets %s through', (text, endpoint) => {
    expect(guardEndpoint(text, undefined)).toBe(endpoint);
  });

  it.each([
    'https://dynamodb.us-east-1.amazonaws.com',
    'http://127.0.0.1.example.com:4566',
    'http://localhost.localstack.cloud:4566',
    'http://localhost.:4566',
    'http://0.0.0.0:4566',
    'http://10.0.0.1:4566',
    'http://[::]:4566',
    'http://[::ffff:8.8.8.8]:4566',
    'http://host.docker.internal:4566',
  ])('refuses %s unless the override says so', (text) => {
    expect(() => guardEndpoint(text, undefined)).toThrow(/is not this machine/);
    expect(() => guardEndpoint(text, 'true')).toThrow(/MAOS_ALLOW_REMOTE_ENDPOINT=1/);
    expect(guardEndpoint(text, '1')).toBe(new URL(text).origin);
  });

  it.each(['localhost:4566', '4566', 'ftp://127.0.0.1', 'http://user:password@127.0.0.1:4566', 'http://'])(
    'takes %s for no endpoint at all',
    (text) => {
      expect(() => guardEndpoint(text, '1')).toThrow(/not the address of an endpoint/);
    },
  );

  it('has nothing to say where the user named none', () => {
    expect(userEndpoint({})).toBeUndefined();
    expect(userEndpoint({ AWS_ENDPOINT_URL: '' })).toBeUndefined();
  });

  it('knows no loopback by a similar name', () => {
    expect(isLoopback('127.0.0.1evil')).toBe(false);
    expect(isLoopback('mylocalhost')).toBe(false);
  });
});

describe('the environment for a cloud', () => {
  const users = {
    HOME: 'home',
    PATH: 'one:two',
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.us-east-1.amazonaws.com',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_DEFAULT_REGION: 'eu-west-1',
  };

  it('has nothing in it that leads to a real account', () => {
    const { PATH, ...rest } = cloudEnvironment('http://localhost:4566', users);
    expect(rest).toEqual({
      HOME: 'home',
      AWS_ENDPOINT_URL: 'http://localhost:4566',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect(PATH).toMatch(/node_modules\/\.bin:one:two$/);
  });

  it('is the same when it is made from itself', () => {
    const once = cloudEnvironment('http://127.0.0.1:4566', users);
    expect(cloudEnvironment('http://127.0.0.1:4566', once)).toEqual(once);
  });
});
