import { beforeEach, describe, expect, it } from 'vitest';
import { registrationOf } from '../../support/breaker/registrations.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { pathsOf, STEP, sagaApi, TRIP } from '../../support/sagas/saga-api.ts';

captureLogLines();
const YEAR_MS = 365 * 24 * 3_600_000;

let on: ReturnType<typeof sagaApi>;
beforeEach(() => {
  on = sagaApi();
});

const steps = (count: number) => Array.from({ length: count }, (_, index) => ({ ...STEP, id: `step-${index}` }));
const withStep = (more: object) => ({
  ...TRIP,
  steps: [
    { ...STEP, id: 'before' },
    { ...STEP, ...more },
  ],
});
const without = (name: string, one: object) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== name));

describe('a definition that is not valid', () => {
  it.each([
    ['no step', { ...TRIP, steps: [] }, ['steps']],
    ['more than 50 steps', { ...TRIP, steps: steps(51) }, ['steps']],
    ['an id twice', { ...TRIP, steps: [...steps(2), { ...STEP, id: 'step-1' }] }, ['steps.2.id']],
    ['an id three times', { ...TRIP, steps: [STEP, STEP, STEP] }, ['steps.1.id', 'steps.2.id']],
    ['another id than its path', { ...TRIP, id: 'tour' }, ['id']],
    ['an id that is none', { ...TRIP, id: 'a trip' }, ['id']],
    ['no name', { ...TRIP, name: '' }, ['name']],
    ['a name that is too long', { ...TRIP, name: 'x'.repeat(257) }, ['name']],
    ['something besides', { ...TRIP, color: 'red' }, ['color']],
    ['something besides in a step', withStep({ color: 'red' }), ['steps.1.color']],
    ['an input that is a list', withStep({ input: [] }), ['steps.1.input']],
    ['nothing', {}, ['id', 'name', 'steps', 'timeout']],
    ...['id', 'service', 'action', 'input'].map((name) => [
      `no ${name} in a step`,
      { ...TRIP, steps: [without(name, STEP)] },
      [`steps.0.${name}`],
    ]),
  ] as [string, object, string[]][])('is refused with the path of each fault: %s', async (_, body, paths) => {
    expect(pathsOf(await on.put(body))).toEqual([400, 'VALIDATION_ERROR', ...paths]);
    expect(await on.definitions.count()).toBe(0);
  });

  it.each([0, -1, 1.5, YEAR_MS + 1, '1000', null])('has a limit of %j ms', async (timeout) => {
    expect(pathsOf(await on.put({ ...TRIP, timeout }))).toEqual([400, 'VALIDATION_ERROR', 'timeout']);
    expect(pathsOf(await on.put(withStep({ timeout })))).toEqual([400, 'VALIDATION_ERROR', 'steps.1.timeout']);
  });

  it.each([-1, 11, 0.5, '1'])('has a step with %j retries', async (retries) => {
    expect(pathsOf(await on.put(withStep({ retries })))).toEqual([400, 'VALIDATION_ERROR', 'steps.1.retries']);
  });

  it.each(['', 'a b', 'a.b', 'a/b', 'é', "a'b", '{%a%}', 'x'.repeat(65), 7])(
    'has a step with the name "%s" in it',
    async (name) => {
      for (const field of ['id', 'service', 'action', 'compensation']) {
        const answer = await on.put(withStep({ [field]: name }));
        expect(pathsOf(answer)).toEqual([400, 'VALIDATION_ERROR', `steps.1.${field}`]);
      }
    },
  );

  it('is refused for all of its faults at once', async () => {
    const broken = {
      ...TRIP,
      timeout: 0,
      steps: [
        { ...STEP, retries: -1 },
        { ...STEP, action: '' },
      ],
    };
    const paths = ['steps.0.retries', 'steps.1.action', 'steps.1.id', 'timeout'];
    expect(pathsOf(await on.put(broken))).toEqual([400, 'VALIDATION_ERROR', ...paths]);
  });
});

describe('the services of a definition', () => {
  it('are registered ones: each step that names another is told', async () => {
    on.services.register(registrationOf('hotels', {}));
    const services = ['billing', 'nobody', 'hotels', 'agent-service', 'nobody', 'storage-service'];
    const body = { ...TRIP, steps: services.map((service, index) => ({ ...STEP, id: `step-${index}`, service })) };
    const refused = await on.put(body);
    const paths = [1, 3, 4, 5].map((index) => `steps.${index}.service`);
    expect(pathsOf(refused)).toEqual([400, 'VALIDATION_ERROR', ...paths]);
    expect(refused.json.error.details?.[0]?.message).toBe('names no registered service: nobody');
    expect(await on.definitions.count()).toBe(0);
  });
});
