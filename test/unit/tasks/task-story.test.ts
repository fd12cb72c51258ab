import { describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../functions/contracts/events/saga-events.v1.ts';
import type { WorkEvent } from '../../../functions/contracts/events/work-events.v1.ts';
import { workEvents } from '../../../functions/contracts/events/work-events.v1.ts';
import { taskStory } from '../../../functions/tasks/domain/task-story.ts';
import { recordedAs } from '../../support/tasks/given.ts';
import { samplePayload } from '../../support/tasks/task-samples.ts';
import {
  leased,
  offered,
  returned,
  sagaCompleted,
  sagaFailed,
  sagaStarted,
  withdrawn,
  workDone,
  workFailed,
} from '../../support/tasks/task-stories.ts';

const story = (work: WorkEvent[], saga: SagaEvent[] = []) =>
  taskStory(recordedAs(workEvents, 'work_1', work), recordedAs(sagaEvents, 'saga_1', saga));

describe("a task's story", () => {
  it('is with whoever leases the work, and waits again once that is lost', () => {
    const { error } = samplePayload.ReleaseTask;
    expect(story([offered, leased('agent_1'), returned('agent_1'), leased('agent_2')])).toEqual([
      { because: 'work_1-2', type: 'AssignTask', payload: { agent: 'agent_1' } },
      { because: 'work_1-3', type: 'ReleaseTask', payload: { agent: 'agent_1', error } },
      { because: 'work_1-4', type: 'AssignTask', payload: { agent: 'agent_2' } },
    ]);
  });

  it('ends with its saga, not with its work', () => {
    expect(story([offered, workDone('agent_1')])).toEqual([]);
    expect(story([offered, workFailed('agent_1'), withdrawn])).toEqual([]);
  });

  it('is completed with the files of the work', () => {
    expect(story([leased('agent_1'), workDone('agent_1')], [sagaCompleted]).at(-1)).toEqual({
      because: 'saga_1-1',
      type: 'CompleteTask',
      payload: samplePayload.CompleteTask,
    });
  });

  it.each([
    ['in its own words', sagaFailed('execute', 'AGENT_LOST', 'Lost.'), { code: 'AGENT_LOST', message: 'Lost.' }],
    [
      'where nobody took it in time',
      sagaFailed('assign', 'TIMEOUT', 'The step assign did not finish in time.'),
      { code: 'NO_AGENT', message: 'No agent took a task of the type "code_generation" in time.' },
    ],
    ['where an agent took too long', sagaFailed('execute', 'TIMEOUT', 'Late.'), { code: 'TIMEOUT', message: 'Late.' }],
    [
      'where its first step was cut off',
      sagaFailed('assign', 'INTERNAL_ERROR', 'Off.'),
      { code: 'INTERNAL_ERROR', message: 'Off.' },
    ],
  ])('fails %s', (_, end, error) => {
    expect(story([], [sagaStarted, end])).toEqual([{ because: 'saga_1-2', type: 'FailTask', payload: { error } }]);
  });

  it.each(['assign', 'execute', null])('is cancelled with the reason, wherever that came: %s', (stepId) => {
    const asked: SagaEvent = { type: 'SagaCancelRequested', data: { reason: 'It rains.' } };
    expect(story([], [asked, sagaFailed(stepId, 'CANCELLED', 'It rains.')])).toEqual([
      { because: 'saga_1-2', type: 'CancelTask', payload: { reason: 'It rains.' } },
    ]);
  });

  it('fails where an agent says CANCELLED of itself, and nobody has asked for it', () => {
    const error = { code: 'CANCELLED', message: 'I would rather not.' };
    const end = sagaFailed('execute', error.code, error.message);
    expect(story([], [end])).toEqual([{ because: 'saga_1-1', type: 'FailTask', payload: { error } }]);
  });

  it('does not hear of what else happens to its saga', () => {
    const steps: SagaEvent[] = [
      { type: 'SagaStepStarted', data: { stepId: 'assign' } },
      { type: 'SagaStepFailed', data: { stepId: 'assign', error: { code: 'A', message: '' } } },
      { type: 'SagaCancelRequested', data: { reason: '' } },
    ];
    expect(story([], steps)).toEqual([]);
  });

  it('is broken where its saga is completed and no work is done', () => {
    expect(() => story([leased('agent_1')], [sagaCompleted])).toThrow('no work of it is done');
  });
});
