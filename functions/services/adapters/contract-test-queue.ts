import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ContractTestOrder } from './contract-endpoints.ts';

/** Orders contract tests of the function that runs them. */
export function contractTestQueue(queueUrl: string): (test: ContractTestOrder) => Promise<void> {
  const client = new SQSClient({});
  return async (detail) => {
    const body = JSON.stringify({ 'detail-type': 'maos.ContractTestOrdered', detail });
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
}
