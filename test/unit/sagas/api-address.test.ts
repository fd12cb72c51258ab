import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiAddress } from '../../../functions/sagas/adapters/api-address.ts';

const ssm = mockClient(SSMClient);
beforeEach(() => ssm.reset());

const holds = (Value: string) => ({ Parameter: { Value } });

describe('the address of the API', () => {
  it.each([
    ['https://api.example/prod/', 'https://api.example/prod'],
    ['https://api.example/prod', 'https://api.example/prod'],
    ['http://127.0.0.1:4566/_aws/api/', 'http://127.0.0.1:4566/_aws/api'],
  ])('has no slash at its end: %s', async (value, address) => {
    ssm.on(GetParameterCommand, { Name: '/maos/api' }).resolves(holds(value));
    expect(await apiAddress('/maos/api')()).toBe(address);
  });

  it('is read when it is first needed, and once', async () => {
    ssm.on(GetParameterCommand).resolves(holds('https://api.example/'));
    const address = apiAddress('/maos/api');
    expect(ssm.calls()).toHaveLength(0);
    expect([await address(), await address()]).toEqual(['https://api.example', 'https://api.example']);
    expect(ssm.calls()).toHaveLength(1);
  });

  it('is read again where that failed', async () => {
    ssm.on(GetParameterCommand).rejectsOnce(new Error('slow down')).resolves(holds('https://api.example/'));
    const address = apiAddress('/maos/api');
    await expect(address()).rejects.toThrow('slow down');
    expect(await address()).toBe('https://api.example');
  });

  it.each([[{}], [{ Parameter: {} }]])('is never nothing, which is read again: %j', async (nothing) => {
    ssm.on(GetParameterCommand).resolvesOnce(nothing).resolves(holds('https://api.example/'));
    const address = apiAddress('/maos/api');
    await expect(address()).rejects.toThrow('The parameter /maos/api is empty.');
    expect(await address()).toBe('https://api.example');
  });
});
