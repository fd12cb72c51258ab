import { expect, it } from 'vitest';
import { sideBySide } from '../../../functions/shared/platform/side-by-side.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('all items are done, in their order, so many at a time', async () => {
  const begun: number[] = [];
  let [now, most] = [0, 0];
  await sideBySide([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    begun.push(item);
    now += 1;
    most = Math.max(most, now);
    await turn();
    now -= 1;
  });
  expect([begun, most, now]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3, 0]);
  await sideBySide([], 3, turn as () => Promise<void>);
});

it('what fails is heard of', async () => {
  const work = async (item: number) => {
    if (item === 2) throw new Error('two');
  };
  await expect(sideBySide([1, 2, 3], 2, work)).rejects.toThrow('two');
});
