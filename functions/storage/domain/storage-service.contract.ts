import type { JsonSchema, ServiceContract } from '../../contracts/service-contract.ts';
import { TASK_ID } from '../../contracts/task-ids.ts';

const TASK: JsonSchema = {
  type: 'object',
  properties: { taskId: { type: 'string', pattern: TASK_ID.source } },
  required: ['taskId'],
};

/** What `storage-service` promises the sagas that call it. A task whose work is not done is no input: no saga comes to `store` before. */
export const storageServiceContract: ServiceContract = {
  version: '1.0.0',
  operations: [
    {
      name: 'store',
      input: TASK,
      output: {
        type: 'object',
        properties: { stored: { type: 'integer', minimum: 0, maximum: 500 } },
        required: ['stored'],
        additionalProperties: false,
      },
      errors: [{ code: 'VALIDATION_ERROR' }],
    },
    {
      name: 'remove',
      input: { type: 'object', properties: { sagaData: TASK }, required: ['sagaData'] },
      output: { type: 'object', additionalProperties: false },
      errors: [{ code: 'VALIDATION_ERROR' }],
    },
  ],
};
