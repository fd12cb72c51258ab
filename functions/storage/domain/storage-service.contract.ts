import type { JsonSchema, ServiceContract } from '../../contracts/service-contract.ts';

/** A task's id, as a pattern. */
export const TASK_ID = '^task_[0-9A-HJKMNP-TV-Z]{26}$';

const TASK: JsonSchema = {
  type: 'object',
  properties: { taskId: { type: 'string', pattern: TASK_ID } },
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
