import { openLetterMetric } from './open-letter-metric.ts';
import type { OpenLetters } from './open-letters.ts';

/**
 * Tells of each queue that has open letters how many: what keeps its alarm on after the letters came. One queue that cannot be
 * counted hides none of the others, and is told at the end.
 */
export function deadLetterCounter(queues: readonly string[], openLetters: OpenLetters): () => Promise<void> {
  const tellOpen = openLetterMetric();
  return async () => {
    const failures: unknown[] = [];
    for (const queue of queues) {
      try {
        const count = await openLetters(queue);
        if (count > 0) tellOpen(queue, count);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
}
