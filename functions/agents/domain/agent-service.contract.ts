import type { JsonSchema, ServiceContract } from '../../contracts/service-contract.ts';
import { TASK_ID, TASK_TYPE } from '../../contracts/task-ids.ts';

/** "Later", as a value: the step is on its way, and what agents do ends it. */
const LATER: JsonSchema = {
  type: 'object',
  properties: { later: { const: true } },
  required: ['later'],
  additionalProperties: false,
};

const WORK: JsonSchema = {
  type: 'object',
  properties: {
    taskId: { type: 'string', pattern: TASK_ID.source },
    taskType: { type: 'string', pattern: TASK_TYPE.source },
    priority: { type: 'integer', minimum: 0, maximum: 9 },
    createdAt: { type: 'string', format: 'date-time', pattern: 'Z$' },
  },
  required: ['taskId', 'taskType', 'priority', 'createdAt'],
};

const lease = (...names: string[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
});

/** What `agent-service` promises the sagas that call it. Other fields of their data are let through, as every step adds some. */
export const agentServiceContract: ServiceContract = {
  version: '1.0.0',
  operations: [
    {
      name: 'assign',
      input: WORK,
      output: { oneOf: [LATER, lease('leaseId', 'agentId')] },
      errors: [{ code: 'VALIDATION_ERROR' }, { code: 'CONFLICT' }],
    },
    {
      // It goes by the saga that asks. Work that an agent has failed ends it with the agent's own code, which may be any.
      name: 'execute',
      input: true,
      output: { oneOf: [LATER, lease('leaseId')] },
      errors: [{ code: 'CONFLICT' }],
    },
    {
      name: 'release',
      input: { type: 'object', properties: { sagaData: WORK }, required: ['sagaData'] },
      output: { type: 'object', additionalProperties: false },
      errors: [{ code: 'VALIDATION_ERROR' }],
    },
  ],
};
