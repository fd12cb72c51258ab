import { it } from 'vitest';
import { skipAloud } from '../skip-aloud.ts';
import { notThePinnedEmulator } from './endpoint-facts.ts';

/** What AWS does, as the rest of a sentence, and the page that says so. */
export interface OnAws {
  aws: string;
  doc: string;
}

/** Why no gap can be shown here, found out once for a test file. */
export const noGaps: string | undefined = await notThePinnedEmulator();

/**
 * A test that holds the emulator to do what AWS does not do.
 *
 * @param here what the emulator does
 * @param shown asserts that
 */
export function gap(here: string, { aws, doc }: OnAws, shown: () => Promise<void>): void {
  it.concurrent(`${here}; on AWS ${aws}`, async (context) => {
    skipAloud(context, noGaps);
    try {
      await shown();
    } catch (cause) {
      throw new Error(
        `This is not what the emulator did when the case was written. On AWS ${aws} (${doc}). If it does that too, take the case out here and in ` +
          'docs/decisions/0007-the-local-cloud.md, and look for what was built around the gap.',
        { cause },
      );
    }
  });
}
