/** Where the bucket keeps a task's files: what an agent uploads waits in staging until the saga's last step takes it over. */
export const fileKey = (taskId: string, path: string): string => `${filesPrefix(taskId)}${path}`;
export const filesPrefix = (taskId: string): string => `tasks/${taskId}/`;

/** By lease, so that an agent that lost its own in mid-upload never mixes into its successor's files. */
export const stagedKey = (taskId: string, leaseId: string, path: string): string =>
  `${stagingPrefix(taskId)}${leaseId}/${path}`;
export const stagingPrefix = (taskId: string): string => `staging/${taskId}/`;
