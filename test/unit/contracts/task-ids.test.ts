import { describe, expect, it } from 'vitest';
import { fileKey, filesPrefix, stagedKey, stagingPrefix } from '../../../functions/contracts/file-keys.ts';
import { sagaIdOf, taskIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

describe('a task, its saga and its work', () => {
  it('are found from each other', () => {
    expect(sagaIdOf(TASK_ID)).toBe('tasksaga_01J00000000000000000000000');
    expect(workIdOf(TASK_ID)).toBe('work_01J00000000000000000000000');
    for (const id of [sagaIdOf(TASK_ID), workIdOf(TASK_ID), TASK_ID]) expect(taskIdOf(id)).toBe(TASK_ID);
    expect(workIdOf(sagaIdOf(TASK_ID))).toBe(workIdOf(TASK_ID));
  });
});

describe('the files of a task', () => {
  it('lie under its own prefixes, which are no part of those of another', () => {
    expect(fileKey('task_1', 'src/a')).toBe('tasks/task_1/src/a');
    expect(stagedKey('task_1', 'lease_1', 'src/a')).toBe('staging/task_1/lease_1/src/a');
    for (const key of [fileKey('task_10', 'a'), stagedKey('task_10', 'lease_1', 'a')]) {
      expect([filesPrefix('task_1'), stagingPrefix('task_1')].filter((prefix) => key.startsWith(prefix))).toEqual([]);
    }
  });
});
