import { beforeEach, describe, expect, it, vi } from 'vitest';
import { contractRoutes } from '../../../functions/contracts/api/contract.ts';
import type { ServiceContract } from '../../../functions/contracts/service-contract.ts';
import { contractEndpoints } from '../../../functions/services/adapters/contract-endpoints.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { memoryContractTests } from '../../support/services/memory-contract-tests.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { servicesApi, serviceWorld } from '../../support/services/service-world.ts';

captureLogLines();

const object = (...names: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
});
/** What `pay` of a version takes and gives. */
const contract = (version: string, output = object('receipt'), input = object('amount')): ServiceContract => ({
  version,
  operations: [{ name: 'pay', input, output, errors: [{ code: 'NO_MONEY' }] }],
});

let world: ServiceWorld;
let call: ReturnType<typeof servicesApi>;
beforeEach(async () => {
  world = serviceWorld();
  const order = async () => undefined;
  call = servicesApi(contractEndpoints({ ...world, tests: memoryContractTests(), order }));
  await world.registered('billing');
});

const put = (body: object, name = 'billing') => call('PUT', `/${name}/contract`, { body });
const read = (name = 'billing') => call('GET', `/${name}/contract`);
const stored = () => world.registry.contract('billing');

/** From now on nobody is told the contract before so many have asked for it. */
function whenAllHaveRead(readers: number): { met(): boolean } {
  const known = world.registry.contract;
  const all = Promise.withResolvers<void>();
  let asked = 0;
  vi.spyOn(world.registry, 'contract').mockImplementation(async (name) => {
    const contract = await known(name);
    asked += 1;
    if (asked === readers) all.resolve();
    await all.promise;
    return contract;
  });
  return { met: () => asked >= readers };
}

describe('PUT /services/{name}/contract', () => {
  it('stores a contract, which is read as it was given', async () => {
    const given = contract('1.0.0', { ...object('receipt'), ...{ $defs: { '': { enum: [null, 1e300, 'Ж'] } } } });
    const { status, json } = await put(given);
    expect([status, json.data]).toEqual([200, given]);
    expect(await read()).toMatchObject({ status: 200, json: { data: given } });
    expect(contractRoutes.getContract.answer.data.parse(given)).toEqual(given);
  });

  it('stores the same one again, and one that adds something', async () => {
    const more = contract('1.1', object('receipt', 'date'));
    for (const given of [contract('1.0'), contract('1.0'), more]) expect((await put(given)).status).toBe(200);
    expect(await stored()).toEqual(more);
  });

  it('refuses one that breaks what was promised, with every break, unless its major version rises', async () => {
    await put(contract('1.9', object('receipt', 'date')));
    const broken = contract('1.10', object('number'));
    const { status, json } = await put(broken);
    expect([status, json.error.code]).toEqual([409, 'CONFLICT']);
    expect(json.error.message).toBe('Version 1.10 breaks what billing promises in 1.9; raise the major version.');
    const details = JSON.stringify(json.error.details);
    expect(details).toContain('receipt');
    expect(details).toContain('date');
    expect(await stored()).toMatchObject({ version: '1.9' });
    expect((await put({ ...broken, version: '2.0' })).status).toBe(200);
    expect(await stored()).toMatchObject({ version: '2.0' });
  });

  it('names every fault of its schemas, and stores nothing', async () => {
    const faulty = contract('1', { type: 'colour' } as never, { $ref: 'https://example.com/schema' } as never);
    const { status, json } = await put(faulty);
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    const paths = json.error.details?.map(({ path }) => path.split('.').slice(0, 3).join('.'));
    expect(new Set(paths)).toEqual(new Set(['operations.0.input', 'operations.0.output']));
    expect(await stored()).toBeUndefined();
  });

  it.each([
    ['agent-service', 409, 'CONFLICT'],
    ['storage-service', 409, 'CONFLICT'],
    ['absent', 404, 'SERVICE_NOT_FOUND'],
  ])('stores none for %s', async (name, status, code) => {
    const answer = await put(contract('1'), name);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
    expect(await world.registry.contract(name)).toBeUndefined();
  });

  it('needs the scope admin', async () => {
    const answer = await call('PUT', '/billing/contract', { body: contract('1'), scopes: 'read,write,agent' });
    expect([answer.status, await stored()]).toEqual([403, undefined]);
  });
});

describe('two contracts at the same moment', () => {
  it.each([
    ['where there is none yet', undefined],
    ['in the place of one', contract('0.9')],
  ])('%s: one is stored, the other is to be tried again', async (_, before) => {
    if (before !== undefined) await put(before);
    const race = whenAllHaveRead(2);
    const rivals = ['1.0', '1.1'];
    const answers = await Promise.all(rivals.map((version) => put(contract(version))));
    expect(race.met()).toBe(true);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const lost = answers.find(({ status }) => status === 409);
    expect(lost?.json.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('try again') });
    const winner = rivals[answers.findIndex(({ status }) => status === 200)];
    expect(await stored()).toMatchObject({ version: winner });
  });

  it('cannot break one another’s promise: one that was held against an older one is not stored', async () => {
    await put(contract('1.0'));
    const rival = contract('1.1', object('receipt', 'date'));
    const known = world.registry.contract;
    const reading = vi.spyOn(world.registry, 'contract').mockImplementationOnce(async (name) => {
      const before = await known(name);
      expect(await world.registry.putContract(name, rival, before)).toBe(true);
      return before;
    });
    const late = contract('1.2', object('receipt', 'place'));
    const answer = await put(late);
    expect([answer.status, answer.json.error.message]).toEqual([409, expect.stringContaining('try again')]);
    expect(reading).toHaveBeenCalled();
    expect(await stored()).toEqual(rival);
    expect((await put(late)).json.error.message).toContain('raise the major version');
  });
});

describe('GET /services/{name}/contract', () => {
  it.each([
    ['billing', 'NOT_FOUND', 'billing has no contract.'],
    ['absent', 'SERVICE_NOT_FOUND', 'There is no service absent.'],
  ])('answers 404 for %s', async (name, code, message) => {
    const { status, json } = await read(name);
    expect([status, json.error.code, json.error.message]).toEqual([404, code, message]);
  });

  it('answers 404 for a service that went, whatever is left of it', async () => {
    await put(contract('1'));
    vi.spyOn(world.registry, 'find').mockReturnValue(undefined);
    expect((await read()).json.error.code).toBe('SERVICE_NOT_FOUND');
  });
});
