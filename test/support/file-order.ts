import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** They wait for the cloud's own clocks most of the time, so whatever comes after them fits in beside them. */
const FIRST = [
  ...['integration/iam', 'outage/services-away', 'unit/docs/add-a-feature', 'unit/agents/generated-project'],
  ...['e2e/request-callbacks', 'e2e/lost-agent', 'e2e/task-lists', 'e2e/task-ends'],
];

/** 0 comes first. Unit tests fill what the others leave of the machine. */
function rank({ moduleId }: TestSpecification): number {
  if (FIRST.some((name) => moduleId.endsWith(`/${name}.test.ts`))) return 0;
  return moduleId.includes('/test/unit/') ? 2 : 1;
}

/** Vitest's own order, but for the long files of the cloud's tests: when these begin decides how long a run takes. */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
