import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/**
 * Sends messages of one type to a queue of ours, in the envelope that `subscriberPipeline` opens.
 *
 * @param type `maos.WorkWaiting`: names what the message asks for
 * @returns `delaySeconds`: whole, at most 900
 */
export function messageQueue<Detail extends object>(
  queueUrl: string,
  type: string,
): (detail: Detail, delaySeconds?: number) => Promise<void> {
  const client = new SQSClient({});
  return async (detail, delaySeconds = 0) => {
    const body = JSON.stringify({ 'detail-type': type, detail });
    const delay = delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {};
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...delay }));
  };
}
