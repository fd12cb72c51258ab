/** The reason that work gets which is given up because other work failed. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

type Work<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Does two things at once. When one fails the other one is told to stop, and has stopped before this rejects with the
 * first one's error: so nothing goes on behind the back of the clean-up that follows.
 */
export async function together<A, B>(signal: AbortSignal, first: Work<A>, second: Work<B>): Promise<[A, B]> {
  const controller = new AbortController();
  const joint = AbortSignal.any([signal, controller.signal]);
  const failures: unknown[] = [];
  const guarded = async <T>(work: Work<T>): Promise<T> => {
    try {
      return await work(joint);
    } catch (error) {
      failures.push(error);
      controller.abort(new Abandoned('Other work failed.'));
      throw error;
    }
  };
  const [one, other] = await Promise.allSettled([guarded(first), guarded(second)]);
  if (one.status === 'rejected' || other.status === 'rejected') throw failures[0];
  return [one.value, other.value];
}
