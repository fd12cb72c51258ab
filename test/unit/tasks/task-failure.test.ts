import { describe, expect, it } from 'vitest';
import { taskFailure } from '../../../functions/tasks/domain/task-failure.ts';

const OURS = { code: 'INTERNAL_ERROR', message: 'A step of the task failed on our side.' };
const thrown = (errorMessage: unknown) =>
  JSON.stringify({ errorType: 'Runtime.HandlerError', errorMessage, trace: ['Error: secret', ' at file.ts'] });

describe("a task's own error", () => {
  it.each([
    {
      from: 'a timeout',
      error: { Error: 'States.Timeout' },
      failure: { code: 'TIMEOUT', message: 'The agent did not finish in time.' },
    },
    {
      from: 'a function that Lambda ended',
      error: { Error: 'Sandbox.Timedout', Cause: thrown('Task timed out after 60.00 seconds') },
      failure: { code: 'TIMEOUT', message: 'The agent did not finish in time.' },
    },
    {
      from: 'NO_AGENT, thrown by a Lambda',
      error: { Error: 'NO_AGENT', Cause: thrown('NO_AGENT: No agent takes it.') },
      failure: { code: 'NO_AGENT', message: 'No agent takes it.' },
    },
    {
      from: 'UNSUPPORTED_REQUIREMENT, whatever the machine calls a thrown error',
      error: { Error: 'Runtime.HandlerError', Cause: thrown('UNSUPPORTED_REQUIREMENT: Not this:\nCOBOL') },
      failure: { code: 'UNSUPPORTED_REQUIREMENT', message: 'Not this:\nCOBOL' },
    },
    { from: 'any other thrown error', error: { Error: 'TypeError', Cause: thrown('x of undefined') }, failure: OURS },
    {
      from: 'a code that is not for owners',
      error: { Error: 'CONFLICT', Cause: thrown('CONFLICT: v3') },
      failure: OURS,
    },
    { from: 'a code in mid-text', error: { Error: 'E', Cause: thrown('It was NO_AGENT: x') }, failure: OURS },
    { from: 'a thrown error without a message', error: { Error: 'E', Cause: thrown(null) }, failure: OURS },
    { from: 'a name without a cause', error: { Error: 'NO_AGENT' }, failure: OURS },
    { from: 'a cause that is no JSON', error: { Error: 'Lambda.Unknown', Cause: 'NO_AGENT: {unclear' }, failure: OURS },
    { from: 'a cause that is null', error: { Error: 'Lambda.Unknown', Cause: 'null' }, failure: OURS },
    { from: 'a cause of another form', error: { Error: 'States.Permissions', Cause: '{"a":1}' }, failure: OURS },
  ])('from $from', ({ error, failure }) => {
    expect(taskFailure(error)).toEqual(failure);
  });
});
