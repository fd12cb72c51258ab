import { describe, expect, it } from 'vitest';
import { PROJECTION_NAMES, PROJECTIONS } from '../../../functions/contracts/projections.ts';
import { hasRowOf, isFollowed } from '../../../functions/projections/domain/followed.ts';

const rowsOf = (aggregateId: string) => PROJECTION_NAMES.filter((name) => hasRowOf(PROJECTIONS[name], aggregateId));
const followersOf = (eventType: string) =>
  PROJECTION_NAMES.filter((name) => isFollowed(PROJECTIONS[name], { eventType }));

describe('an aggregate', () => {
  it.each([
    ['task_1', ['tasks', 'task-counts']],
    ['saga_1', ['sagas']],
    ['agent_1', ['agents']],
    ['scaffold', ['agents']],
    ['work_1', ['agents']],
    ['task-saga_1', []],
    ['letter_1', []],
    ['mytask_1', []],
  ])('%s has rows in %j', (aggregateId, names) => {
    expect(rowsOf(aggregateId)).toEqual(names);
  });
});

describe('an event', () => {
  it.each([
    ['domain.TaskCreated', ['tasks', 'task-counts']],
    ['domain.Task', ['tasks', 'task-counts']],
    ['domain.WorkLeased', ['agents']],
    ['domain.WorkLeasedAgain', []],
    ['domain.WorkOffered', []],
    ['domain.SagaStepStarted', []],
    ['domain.SagaStarted', ['sagas']],
    ['TaskCreated', []],
    ['domain.taskCreated', []],
  ])('%s is brought to %j', (eventType, names) => {
    expect(followersOf(eventType)).toEqual(names);
  });
});
