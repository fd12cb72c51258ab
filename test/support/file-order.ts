import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** They wait for the cloud's own clocks most of the time, so whatever comes after them fits in beside them. */
const FIRST = ['integration/iam', 'e2e/lost-agent', 'e2e/task-lists', 'e2e/task-ends'];
/** They take all of the machine, so that what promises an answer within seconds must not run beside them. */
const LAST = ['e2e/many-tasks'];

function rank({ moduleId }: TestSpecification): number {
  const isOneOf = (names: readonly string[]) => names.some((name) => moduleId.endsWith(`/${name}.test.ts`));
  if (isOneOf(FIRST)) return 0;
  return isOneOf(LAST) ? 2 : 1;
}

/** Vitest's own order, but for the files of the cloud that are long or heavy: these decide how long a run takes, and how steady it is. */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
