import { describe, expect, it } from 'vitest';
import { agentEvents } from '../../../../functions/contracts/events/agent-events.v1.ts';
import { sagaEvents } from '../../../../functions/contracts/events/saga-events.v1.ts';
import { taskEvents } from '../../../../functions/contracts/events/task-events.ts';
import { workEvents } from '../../../../functions/contracts/events/work-events.v1.ts';

const CONTRACTS = {
  task: [taskEvents, ['TaskCreated', 'TaskAssigned', 'TaskReleased', 'TaskCompleted', 'TaskFailed', 'TaskCancelled']],
  agent: [agentEvents, ['AgentRegistered']],
  work: [workEvents, ['WorkOffered', 'WorkLeased', 'WorkReturned', 'WorkDone', 'WorkFailed', 'WorkWithdrawn']],
  saga: [
    sagaEvents,
    [
      'SagaStarted',
      'SagaStepStarted',
      'SagaStepCompleted',
      'SagaStepFailed',
      'SagaCancelRequested',
      'SagaCompensationStarted',
      'SagaStepCompensated',
      'SagaCompensationFailed',
      'SagaCompleted',
      'SagaFailed',
    ],
  ],
} as const;

describe.each(Object.entries(CONTRACTS))('the contract of the events of %s', (_, [contract, names]) => {
  it('reads each of its own as it is', () => {
    for (const type of names) expect(contract.read({ type, data: { a: 1 } })).toEqual({ type, data: { a: 1 } });
  });

  it.each(['TaskEaten', 'constructor', '__proto__', ''])('reads no other: "%s"', (type) => {
    expect(() => contract.read({ type, data: {} })).toThrow(`No aggregate knows the event ${type}.`);
  });
});
