import * as fc from 'fast-check';
import type { SagaEvent } from '../../../functions/contracts/events/saga-events.v1.ts';
import type { SagaDefinition, SagaStep } from '../../../functions/contracts/sagas/saga-definition.ts';
import type { SagaCommand } from '../../../functions/shared/platform/sagas/saga-commands.ts';

export const SAGA_ID = 'saga_01J00000000000000000000000';

/** Three steps; the one in the middle leaves nothing to undo. */
export const tripSaga: SagaDefinition = {
  id: 'trip',
  name: 'Book a trip',
  timeout: 600_000,
  steps: [
    { id: 'flight', service: 'booking', action: 'book', input: { seat: '1A' }, compensation: 'unbook' },
    { id: 'check', service: 'booking', action: 'look', input: {} },
    { id: 'hotel', service: 'booking', action: 'book', input: { room: 7 }, compensation: 'unbook' },
  ],
};

export const tripStarted = {
  type: 'SagaStarted',
  data: { definition: tripSaga, data: { city: 'Ж' } },
} satisfies SagaEvent;

type Payload<Type extends SagaCommand['type']> = Extract<SagaCommand, { type: Type }>['payload'];

const commandIds = { next: 0 };

/** A command with an id of its own, a second after the saga's start unless it says another time. */
export function sagaCommand<Type extends SagaCommand['type']>(
  type: Type,
  payload: Payload<Type>,
  now = '2026-08-19T10:11:13.345Z',
): SagaCommand {
  commandIds.next += 1;
  const metadata = { correlationId: 'corr_1', now };
  return { id: `cmd_${commandIds.next}`, type, aggregateId: SAGA_ID, payload, metadata } as SagaCommand;
}

/** Texts that would do harm as an expression or a key; each bears the mark that a test can look for. */
export const MARK = 'Ω';
export const hostileText = fc
  .oneof(
    fc.constantFrom('{% $states.input %}', '$states', "' or true", '__proto__', '"}'),
    fc.string({ maxLength: 12 }),
  )
  .map((text) => `${text}${MARK}`);

/** Names that objects have by themselves, that JavaScript sorts, or that Step Functions uses. */
export const HOSTILE_IDS = [
  'constructor',
  '__proto__',
  'toString',
  '2',
  '10',
  '1',
  '-',
  '_',
  'null',
  'End',
  'x'.repeat(64),
];
const hostileId = fc.oneof(fc.constantFrom(...HOSTILE_IDS), fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/));

const hostileStep: fc.Arbitrary<SagaStep> = fc.record(
  {
    id: hostileId,
    service: fc.constantFrom('one', 'two', 'three'),
    action: hostileText,
    input: fc.dictionary(hostileText, fc.oneof(hostileText, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 2 }),
    compensation: hostileText,
    timeout: fc.integer({ min: 1, max: 31_536_000_000 }),
    retries: fc.nat(10),
  },
  { requiredKeys: ['id', 'service', 'action', 'input'] },
);

/** Whatever a user may define: 1 to 30 steps with any ids that the pattern allows. */
export const anySaga: fc.Arbitrary<SagaDefinition> = fc.record({
  id: fc.constant('any-saga'),
  name: hostileText,
  steps: fc.uniqueArray(hostileStep, { minLength: 1, maxLength: 30, selector: ({ id }) => id, size: 'max' }),
  timeout: fc.integer({ min: 1, max: 31_536_000_000 }),
});
