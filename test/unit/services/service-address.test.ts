import { expect, it } from 'vitest';
import { serviceRoutes } from '../../../functions/contracts/api/service.ts';

const faultsOf = (endpoint: string) =>
  serviceRoutes.registerService.body.safeParse({ endpoint }).error?.issues.map(({ path, message }) => [path, message]);

/** Callbacks may have one; an operation's name goes behind a service's address. */
it.each(['https://service.example/?a=1', 'https://service.example?', 'http://127.0.0.1?', 'https://a.example/b?c#d'])(
  'the address of a service holds no query: %s',
  (endpoint) => {
    expect(faultsOf(endpoint)).toEqual([[['endpoint'], 'must not hold a query']]);
  },
);

it.each(['https://service.example/base/', 'https://service.example/#?'])(
  'whatever else is wrong with %s',
  (endpoint) => {
    expect(faultsOf(endpoint)).toBeUndefined();
  },
);
