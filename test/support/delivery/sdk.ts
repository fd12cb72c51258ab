import type { PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { ChangeMessageVisibilityCommandInput, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import type { Bus } from './bus.ts';
import type { Executions } from './executions.ts';
import type { Lambdas } from './lambdas.ts';
import type { Queue } from './queue.ts';

export interface Services {
  lambdas: Lambdas;
  queues: readonly Queue[];
  bus: Bus;
  executions?: Executions;
}

interface Command {
  input: unknown;
}

/**
 * Leads what functions ask of AWS to the services of this world, each as a call that their process may not survive. Not by
 * aws-sdk-client-mock: it takes twice as long as all that it stands in for, and keeps each call of a thousand seeds.
 */
export function connectSdk({ lambdas, queues, bus, executions }: Services): void {
  const queueAt = (url: string | undefined): Queue => {
    const queue = queues.find((one) => one.url === url);
    if (queue === undefined) throw new Error(`There is no queue at ${url}.`);
    return queue;
  };
  const sendMessage = ({ QueueUrl, MessageBody = '' }: SendMessageCommandInput) => queueAt(QueueUrl).send(MessageBody);
  const changeVisibility = (input: ChangeMessageVisibilityCommandInput) =>
    queueAt(input.QueueUrl).changeVisibility(input.ReceiptHandle ?? '', input.VisibilityTimeout ?? 0);
  const startExecution = ({ name = '', input = '' }: StartExecutionCommandInput) => executions?.start(name, input);
  answer(SQSClient, async (command) => {
    if (command instanceof SendMessageCommand) await lambdas.call('SendMessage', () => sendMessage(command.input));
    else if (command instanceof ChangeMessageVisibilityCommand) {
      await lambdas.call('ChangeMessageVisibility', () => changeVisibility(command.input));
    } else throw new Error(`SQS does not know ${JSON.stringify(command)} here.`);
    return {};
  });
  answer(EventBridgeClient, ({ input }) => lambdas.call('PutEvents', () => bus.put(input as PutEventsCommandInput)));
  answer(SFNClient, async ({ input }) => {
    await lambdas.call('StartExecution', () => startExecution(input as StartExecutionCommandInput));
    return {};
  });
}

function answer(client: { prototype: { send: unknown } }, send: (command: Command) => Promise<unknown>): void {
  const prototype = client.prototype as { send(command: Command): Promise<unknown> };
  vi.spyOn(prototype, 'send').mockReset().mockImplementation(send);
}
