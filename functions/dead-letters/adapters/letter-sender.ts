import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inboxName, REDRIVE_OF } from '../../contracts/dead-letters.ts';
import type { UndoAgain } from '../../contracts/sagas/saga-calls.ts';
import { AppError, messageOf } from '../../shared/kernel/errors.ts';
import type { Destination } from '../domain/destination.ts';

/**
 * Sends a letter's message, and has it say which letter's redrive it is.
 *
 * @param until ms since 1970
 * @throws AppError `SERVICE_ERROR` where it was not taken; `TIMEOUT` where nobody knows, and what was begun may go on
 */
export type SendLetter = (to: Destination, of: { deadLetterId: string; until: number }) => Promise<void>;

/** @param services their functions, by name */
export function letterSender(stage: string, services: ReadonlyMap<string, string>): SendLetter {
  const post = inboxes(stage);
  const invoke = invocations(services);
  return async (to, { deadLetterId, until }) => {
    const signal = AbortSignal.timeout(Math.max(0, until - Date.now()));
    try {
      if (to.to === 'inbox') await post(to, deadLetterId, signal);
      else await invoke(to.service, { ...to.call, redriveOf: deadLetterId }, signal);
    } catch (error) {
      const name = to.to === 'inbox' ? to.of : to.service;
      if (signal.aborted) throw new AppError('TIMEOUT', `${name} has not answered in time, and may go on.`);
      throw new AppError('SERVICE_ERROR', `${name} did not take it: ${messageOf(error)}`);
    }
  };
}

function inboxes(stage: string) {
  const client = new SQSClient({});
  const urls = new Map<string, string>();
  const urlOf = async (of: string, abortSignal: AbortSignal): Promise<string> => {
    const known = urls.get(of);
    if (known !== undefined) return known;
    const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: inboxName(stage, of) }), {
      abortSignal,
    });
    urls.set(of, QueueUrl);
    return QueueUrl;
  };
  return async (to: Extract<Destination, { to: 'inbox' }>, deadLetterId: string, abortSignal: AbortSignal) => {
    const message = {
      QueueUrl: await urlOf(to.of, abortSignal),
      MessageBody: to.message,
      MessageAttributes: { [REDRIVE_OF]: { DataType: 'String', StringValue: deadLetterId } },
    };
    await client.send(new SendMessageCommand(message), { abortSignal });
  };
}

/** Waited for: a call that nobody waits for would be Lambda's to lose, when it has failed three times. */
function invocations(services: ReadonlyMap<string, string>) {
  // Sent again, a call would run beside itself.
  const client = new LambdaClient({ maxAttempts: 1 });
  return async (service: string, call: UndoAgain, abortSignal: AbortSignal) => {
    const invoke = new InvokeCommand({ FunctionName: services.get(service), Payload: JSON.stringify(call) });
    const { FunctionError, Payload } = await client.send(invoke, { abortSignal });
    if (FunctionError !== undefined) throw new Error(reasonIn(Payload) ?? FunctionError);
  };
}

/** Lambda tells an error as JSON (Lambda developer guide, "Node.js function errors"). */
function reasonIn(payload: Uint8Array | undefined): string | undefined {
  const { errorMessage } = JSON.parse(new TextDecoder().decode(payload ?? new Uint8Array()) || '{}');
  return typeof errorMessage === 'string' ? errorMessage : undefined;
}
