import { expect, it } from 'vitest';
import { AppError, isAppError } from '../../../functions/shared/kernel/errors.ts';
import { metered } from '../../../functions/shared/platform/metered.ts';
import { captureLogLines } from '../../support/log-lines.ts';

const logs = captureLogLines();
const told = () => logs.metrics().map(({ service, route, duration, error }) => ({ service, route, duration, error }));

it('tells how long a call took, under its stage and its name', async () => {
  expect(await metered({ route: 'getTask' }, async () => 'done')).toBe('done');
  expect(told()).toEqual([{ service: 'test', route: 'getTask', duration: expect.any(Number), error: undefined }]);
  expect(logs.metrics()[0]).toHaveProperty('_aws.CloudWatchMetrics.0.Dimensions', [['service', 'route']]);
});

it('counts what was thrown as a fault, and throws it on', async () => {
  const broken = metered({ route: 'getTask' }, () => Promise.reject(new Error('no table')));
  await expect(broken).rejects.toThrow('no table');
  expect(told()).toEqual([{ service: 'test', route: 'getTask', duration: expect.any(Number), error: 1 }]);
});

it('counts no fault where the caller is refused', async () => {
  const refused = metered(
    { route: 'getTask' },
    () => Promise.reject(new AppError('NOT_FOUND', 'None.')),
    (error) => !isAppError(error),
  );
  await expect(refused).rejects.toThrow('None.');
  expect(told()).toEqual([{ service: 'test', route: 'getTask', duration: expect.any(Number), error: undefined }]);
});
