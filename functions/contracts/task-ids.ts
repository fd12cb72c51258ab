/** The form of a task's type: what agents say they take. */
export const TASK_TYPE = /^[A-Za-z0-9_.-]{1,64}$/;

/** The form of a task's id. */
export const TASK_ID = /^task_[0-9A-HJKMNP-TV-Z]{26}$/;

/**
 * A task, its saga and its work are three aggregates of one story: their ids share the ULID, so that each is found from the others
 * without a table between them.
 */
export const sagaIdOf = (taskId: string): string => withPrefix('tasksaga', taskId);
export const workIdOf = (taskId: string): string => withPrefix('work', taskId);
export const taskIdOf = (relatedId: string): string => withPrefix('task', relatedId);

function withPrefix(prefix: string, id: string): string {
  return `${prefix}_${id.slice(id.indexOf('_') + 1)}`;
}
