/** The reason that work gets which is given up because other work failed. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

type Work = (signal: AbortSignal) => Promise<void>;

/**
 * Does two things at once. When one fails the other one is told to stop, and has stopped before this rejects with the
 * first one's error: so nothing goes on behind the back of the clean-up that follows.
 */
export async function together(signal: AbortSignal, first: Work, second: Work): Promise<void> {
  const controller = new AbortController();
  const joint = AbortSignal.any([signal, controller.signal]);
  const failures: unknown[] = [];
  const guarded = async (work: Work) => {
    try {
      await work(joint);
    } catch (error) {
      failures.push(error);
      controller.abort(new Abandoned('Other work failed.'));
    }
  };
  await Promise.all([guarded(first), guarded(second)]);
  if (failures.length > 0) throw failures[0];
}
