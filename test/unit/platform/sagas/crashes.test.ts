import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { LATER, ServiceRefusal } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import type { Fault } from '../../../support/faults.ts';
import { Died, everyFault, FaultLine } from '../../../support/faults.ts';
import { captureLogLines } from '../../../support/log-lines.ts';
import { SAGA_ID } from '../../../support/sagas/saga-samples.ts';
import { bookingService, eventsOf, sagaProcess, sagaWorld, startTrip } from '../../../support/sagas/saga-world.ts';

captureLogLines();

type Trip = ReturnType<typeof sagaProcess>;
interface Scenario {
  /** What the service answers. */
  book?: Operation['run'];
  unbook?: Operation['run'];
  /** What has happened before the call, without any fault. */
  before?: (trip: Trip) => Promise<void>;
  /** The call that is cut off, and made again. */
  call: (trip: Trip) => Promise<void>;
}

const flight = { sagaId: SAGA_ID, stepId: 'flight' };
const refusal = () => Promise.reject(new ServiceRefusal({ code: 'FULL', message: 'There is no seat.' }));
const later = async () => LATER as typeof LATER;
const runFlight = (trip: Trip) => trip.run('flight');
const cancel = async (trip: Trip) =>
  void (await trip.ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' }));

const SCENARIOS: Record<string, Scenario> = {
  'a step that is done': { call: runFlight },
  'the last step, which ends its saga': { call: (trip) => trip.run('hotel') },
  'a step that is refused': { book: refusal, call: runFlight },
  'a step that will be ended later': { book: later, call: runFlight },
  'a step of a saga that is to end': { before: cancel, call: runFlight },
  'the end of a step that waits': {
    book: later,
    before: runFlight,
    call: (trip) => trip.completions.complete(flight, { seat: 1 }),
  },
  'the failure of a step that waits': {
    book: later,
    before: runFlight,
    call: (trip) => trip.completions.fail(flight, { code: 'AGENT_LOST', message: 'It was lost.' }),
  },
  'the undo of a step that is done': { before: runFlight, call: (trip) => trip.undo('flight', 'OOPS') },
  'the undo of a step that failed': { book: refusal, before: runFlight, call: (trip) => trip.undo('flight', 'FULL') },
  'an undo that fails': { unbook: refusal, before: runFlight, call: (trip) => trip.undo('flight', 'OOPS') },
};

/** Makes the scenario's call, where a fault is given twice: once until it is cut off, once more to its end. */
async function played({ book, unbook, before, call }: Scenario, fault?: Fault) {
  const world = sagaWorld();
  await startTrip(world);
  const { service, booked } = bookingService(book);
  const services = unbook === undefined ? service : { ...service, unbook: { run: unbook } };
  await before?.(sagaProcess(world, services));
  const line = new FaultLine(fault);
  const first = call(sagaProcess(world, services, line));
  if (fault === undefined) await first;
  else {
    await expect(first).rejects.toThrow(Died);
    expect(line.fired).toBe(true);
    await call(sagaProcess(world, services));
  }
  const letters = new Set(world.letters.map(({ timestamp: _, ...letter }) => JSON.stringify(letter)));
  return {
    calls: line.calls,
    outcome: {
      events: await eventsOf(world),
      booked: booked(),
      // A token or a letter may come again; what it says may not differ.
      answered: [...new Set(world.answered)],
      letters: [...letters],
      later: (await world.tokens.get({ ...flight, run: 1 }))?.later,
    },
  };
}

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  it('comes to the same end wherever it is cut off and done again', async () => {
    const { calls, outcome } = await played(scenario);
    expect(calls).toBeGreaterThan(0);
    for (const fault of everyFault(calls)) {
      expect({ fault, ...(await played(scenario, fault)).outcome }).toEqual({ fault, ...outcome });
    }
  });
});

it('the scenarios come to every end that there is', async () => {
  const ends = await Promise.all(Object.values(SCENARIOS).map(async (scenario) => (await played(scenario)).outcome));
  expect(ends.map(({ answered, booked, letters }) => [...answered, booked.length, letters.length].join(' '))).toEqual([
    'ok token-flight 1 0',
    'ok token-hotel 1 0',
    'STEP_FAILED token-flight 0 0',
    '1 0',
    'STEP_FAILED token-flight 0 0',
    'ok token-flight 1 0',
    'STEP_FAILED token-flight 1 0',
    'ok token-flight 0 0',
    'STEP_FAILED token-flight 0 0',
    'ok token-flight 1 1',
  ]);
});
