import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunnerPorts } from '../../../functions/requests/adapters/request-runner.ts';
import { Died, everyFault, FaultLine } from '../../support/faults.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { failing, RequestWorld } from '../../support/requests/request-world.ts';
import { DRILL, isDrill, seededRandom } from '../../support/seeds.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

/** The same port; once the line is cut, its worker is dead, and does nothing more, whoever catches the error. */
function mortal<Port extends object>(port: Port, line: FaultLine, ...effects: (keyof Port)[]): Port {
  const cut = line.through(port, ...effects);
  const dying = effects.map((name) => [
    name,
    async (...args: unknown[]) => {
      if (line.fired) throw new Died('long since');
      return (cut[name] as (...all: unknown[]) => Promise<unknown>)(...args);
    },
  ]);
  return { ...cut, ...Object.fromEntries(dying) };
}

/** Everything that a worker does, on the line. */
function onLine(ports: RunnerPorts, line: FaultLine): RunnerPorts {
  const own = mortal(ports, line, 'order', 'prepare', 'kick');
  const prepare: RunnerPorts['prepare'] = async (request) => {
    const attempt = await own.prepare(request);
    return (payload) => mortal({ attempt }, line, 'attempt').attempt(payload);
  };
  return { ...own, requests: mortal(ports.requests, line, 'find', 'payload', 'save'), prepare };
}

/** Whatever has happened: everything ends, no try is doubled, callbacks are in order. */
function assertLaws(world: RequestWorld, requestIds: readonly string[], retries: number): void {
  for (const requestId of requestIds) {
    const versions = world.requests.history(requestId);
    const last = versions.at(-1);
    expect(last?.status).toBeOneOf(['completed', 'failed']);
    const told = world.bodies(requestId).map(({ status }) => status);
    expect(told).toEqual(['processing', last?.status]);
    const tries = world.tries.filter((one) => one.requestId === requestId);
    expect(tries.length).toBeLessThanOrEqual(last?.attempts ?? 0);
    expect(last?.attempts).toBeLessThanOrEqual(retries + 1);
    for (const [index, { from }] of tries.entries()) {
      expect(tries[index - 1]?.to ?? 0, 'the try before has ended').toBeLessThanOrEqual(from);
    }
  }
}

async function played(waits: number | undefined, line: FaultLine) {
  const world = new RequestWorld();
  world.plan = (tried) => (tried % 3 === 0 ? {} : { fail: failing(true) });
  world.copies = 2;
  const lines = [line];
  world.breaks = (ports) => onLine(ports, lines.pop() ?? new FaultLine());
  const requestId = await world.created();
  world.start(requestId, waits && world.time.now + waits);
  await world.settle();
  assertLaws(world, [requestId], 3);
  return world;
}

describe.each([undefined, 25_000])('a worker that dies (for a caller who waits %s ms)', (waits) => {
  it('between any two lines leaves nothing undone and nothing done twice', DRILL, async () => {
    const counting = new FaultLine();
    await played(waits, counting);
    const faults = everyFault(counting.calls);
    expect(faults.length).toBeGreaterThan(waits === undefined ? 12 : 30);
    let deaths = 0;
    for (const fault of faults) {
      const line = new FaultLine(fault);
      const world = await played(waits, line);
      expect(line.fired, JSON.stringify(fault)).toBe(true);
      deaths += world.died;
    }
    // A kick after the last line is all that may be lost without a word.
    expect(deaths).toBeGreaterThanOrEqual(faults.length - 4);
  });
});

it('many workers that die at any time, with copies of all orders, break no law', DRILL, async () => {
  let deaths = 0;
  for (let round = 0; round < (isDrill ? 300 : 20); round += 1) {
    const seed = Math.floor(Math.random() * 1e9);
    const random = seededRandom(seed);
    const world = new RequestWorld();
    world.copies = 3;
    world.plan = () => ({ ms: random() * 5000, ...(random() < 0.5 && { fail: failing(random() < 0.8) }) });
    // The last ones live, or nothing would ever end.
    let mortals = 30;
    world.breaks = (ports) => {
      mortals -= 1;
      if (mortals < 0) return ports;
      const call = 1 + Math.floor(random() * 12);
      return onLine(ports, new FaultLine({ call, when: random() < 0.5 ? 'before' : 'after' }));
    };
    const requestIds = await Promise.all([1, 2, 3].map((retries) => world.created({ retries })));
    for (const requestId of requestIds) world.start(requestId, world.time.now + random() * 30_000);
    await world.settle();
    expect(() => assertLaws(world, requestIds, 3), `seed ${seed}`).not.toThrow();
    deaths += world.died;
  }
  expect(deaths).toBeGreaterThan(20);
});

it('an order that is lost with its worker is made up for by the sweep, after a minute', async () => {
  const world = new RequestWorld();
  const requestId = await world.created();
  await world.settle();
  const [{ from } = { from: 0 }] = world.tries;
  expect(from - Date.parse((await world.requests.find(requestId))?.createdAt ?? '')).toBe(60_000);
});

it('a last try that nobody ended ends its request', async () => {
  const world = new RequestWorld();
  world.breaks = (ports) => onLine(ports, new FaultLine({ call: 5, when: 'before' }));
  const requestId = await world.created({ retries: 0, timeout: 1000 });
  world.start(requestId);
  await world.settle();
  expect(world.died).toBe(1);
  const failure = { code: 'INTERNAL_ERROR', message: 'The last try was cut off.' };
  expect(await world.requests.find(requestId)).toMatchObject({ status: 'failed', attempts: 1, failure });
});
