import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import { stepPipeline } from '../../../functions/shared/platform/step-pipeline.ts';
import { taskFailure } from '../../../functions/tasks/domain/task-failure.ts';
import { captureLogLines } from '../../support/log-lines.ts';

const logs = captureLogLines();
const step = { taskId: 'task_1', correlationId: 'corr_1', secret: 'payload' };
const failing = (error: Error) => stepPipeline(() => Promise.reject(error))(step, {} as Context);

describe('the pipeline of a step', () => {
  it('answers what the step answers', async () => {
    const double = stepPipeline(async ({ n }: { n: number }) => ({ n: 2 * n }));
    expect(await double({ n: 4 }, {} as Context)).toEqual({ n: 8 });
    expect(logs.text()).toBe('');
  });

  it('throws an error on, its code before its message, so that the machine can tell what it was', async () => {
    const thrown = await failing(new AppError('NO_AGENT', 'Nobody takes it.')).catch((error: Error) => error);
    expect(thrown).toMatchObject({ name: 'NO_AGENT', message: 'NO_AGENT: Nobody takes it.' });
    const cause = { errorType: 'Runtime.HandlerError', errorMessage: (thrown as Error).message };
    const failure = taskFailure({ Error: 'Runtime.HandlerError', Cause: JSON.stringify(cause) });
    expect(failure).toEqual({ code: 'NO_AGENT', message: 'Nobody takes it.' });
  });

  it('ends before Lambda would, with a code that the machine and the owner know', async () => {
    const hanging = stepPipeline(() => new Promise(() => undefined));
    const context = { getRemainingTimeInMillis: () => 250 } as Context;
    const thrown = await hanging(step, context).catch((error: Error) => error);
    expect(thrown).toMatchObject({ name: 'TIMEOUT', message: 'TIMEOUT: The work took too long.' });
    const cause = { errorType: 'TIMEOUT', errorMessage: (thrown as Error).message };
    expect(taskFailure({ Error: 'TIMEOUT', Cause: JSON.stringify(cause) })).toMatchObject({ code: 'TIMEOUT' });
  });

  it('leaves an error of others as it is', async () => {
    await expect(failing(new TypeError('x of undefined'))).rejects.toThrow(/^x of undefined$/);
  });

  it('logs the failure under its ids and nothing else of the input', async () => {
    await failing(new Error('broken')).catch(() => undefined);
    expect(logs.entries()).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: 'Step failed',
        taskId: 'task_1',
        correlationId: 'corr_1',
        error: expect.objectContaining({ message: 'broken' }),
      }),
    ]);
    expect(logs.text()).not.toContain('payload');
  });
});
