import { messageQueue } from '../../shared/platform/queues/message-queue.ts';
import type { ContractTestOrder } from './contract-endpoints.ts';

/** Orders contract tests of the function that runs them. */
export function contractTestQueue(queueUrl: string): (test: ContractTestOrder) => Promise<void> {
  const send = messageQueue<ContractTestOrder>(queueUrl, 'maos.ContractTestOrdered');
  return (test) => send(test);
}
