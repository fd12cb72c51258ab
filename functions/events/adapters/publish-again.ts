import { fieldsIn } from '../../contracts/messages.ts';
import type { PublishAgain } from '../../contracts/publish-again.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { inRedriveOf } from '../../shared/platform/queues/dead-letter-queue.ts';
import type { PublisherPorts } from './publisher.ts';
import { publisher } from './publisher.ts';

export function isPublishAgain(detail: unknown): detail is PublishAgain {
  const { aggregateId, version } = fieldsIn(detail);
  return typeof aggregateId === 'string' && typeof version === 'number';
}

/**
 * Publishes the commit that holds an event once more, whatever its mark says: whoever sends its dead letter again has mended why the
 * bus refused it. Its other events go out again too, under the same ids.
 */
export async function publishAgain(
  ports: PublisherPorts & { log: Pick<EventLog, 'load'> },
  { aggregateId, version }: PublishAgain,
  redriveOf: string | undefined,
): Promise<void> {
  const { commits } = await ports.log.load(aggregateId);
  const commit = commits.find((one) => one.version <= version && version <= one.lastVersion);
  if (commit === undefined) throw new Error('The log has no such event.');
  const run = publisher({ ...ports, deadLetter: inRedriveOf(redriveOf, ports.deadLetter) });
  const [waiting] = await run([commit]);
  if (waiting !== undefined) throw new Error(waiting.error);
}
