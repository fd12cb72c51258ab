import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { sfnTokenAnswers } from '../../../../functions/shared/platform/sagas/token-answers.ts';

const sfn = mockClient(SFNClient);
beforeEach(() => {
  sfn.reset();
});

describe('an answer to a token', () => {
  it('says only that it went well, or the code of what did not', async () => {
    await sfnTokenAnswers().succeed('token-1');
    await sfnTokenAnswers().fail('token-2', 'STEP_FAILED');
    expect(sfn.commandCalls(SendTaskSuccessCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { taskToken: 'token-1', output: '{"ok":true}' },
    ]);
    expect(sfn.commandCalls(SendTaskFailureCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { taskToken: 'token-2', error: 'STEP_FAILED' },
    ]);
  });

  it.each([TaskDoesNotExist, TaskTimedOut, InvalidToken])('is no fault where nobody waits for it: %s', async (Gone) => {
    sfn.onAnyCommand().rejects(new Gone({ message: 'gone', $metadata: {} }));
    await expect(sfnTokenAnswers().succeed('token')).resolves.toBeUndefined();
    await expect(sfnTokenAnswers().fail('token', 'STEP_FAILED')).resolves.toBeUndefined();
    expect(sfn.calls()).toHaveLength(2);
  });

  it('is an error where it does not arrive', async () => {
    sfn.onAnyCommand().rejects(new Error('no route'));
    await expect(sfnTokenAnswers().succeed('token')).rejects.toThrow('no route');
    await expect(sfnTokenAnswers().fail('token', 'STEP_FAILED')).rejects.toThrow('no route');
  });
});
