import { commandRoutes } from '../../contracts/api/command.ts';
import type { CommandResult } from '../../contracts/commands.ts';
import { assertNever } from '../../shared/kernel/errors.ts';
import type { DataAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { sha256 } from '../../shared/platform/http/idempotency.ts';
import { derivedId } from '../../shared/platform/ids.ts';
import type { CancelPorts } from './cancel-task.ts';
import { cancelTask } from './cancel-task.ts';
import type { CommandReceipts, KnownCommand } from './command-receipts.ts';
import { answeredOnce } from './command-receipts.ts';
import type { CreatePorts } from './create-task.ts';
import { assertAdmissible, createTask } from './create-task.ts';
import { causedBy, readTask } from './read-task.ts';

export interface CommandPorts extends CreatePorts, CancelPorts {
  receipts: CommandReceipts;
}

/** `POST /commands`: what callers may have a task do, once by each id of theirs. */
export function commandEndpoints(ports: CommandPorts) {
  return [endpoint(commandRoutes.sendCommand, (request) => sendCommand(ports, request))];
}

type Sending = HttpRequest<typeof commandRoutes.sendCommand>;
type Sent = Sending['body'];
type Create = Extract<Sent, { type: 'CreateTask' }>;
type Cancel = Extract<Sent, { type: 'CancelTask' }>;

async function sendCommand(ports: CommandPorts, request: Sending): Promise<DataAnswer> {
  const data = await carriedOut(ports, request);
  const { correlationId } = request.body.metadata;
  return { kind: 'data', data, ...(correlationId !== undefined && { headers: { 'x-correlation-id': correlationId } }) };
}

function carriedOut(ports: CommandPorts, request: Sending): Promise<CommandResult> {
  const { body } = request;
  switch (body.type) {
    case 'CreateTask':
      return create(ports, request, body);
    case 'CancelTask':
      return cancel(ports, request, body);
    default:
      return assertNever(body);
  }
}

/** Agents and address are asked about before the command's id stands for it: a mended address may come under the same one. */
async function create(ports: CommandPorts, request: Sending, body: Create): Promise<CommandResult> {
  const { type, aggregateId } = body;
  const { callbackUrl: url, ...payload } = body.payload;
  const known = knownCommand(request);
  const isDone = (await causedBy(ports.log, known.id, aggregateId)) !== undefined;
  if (!isDone) await assertAdmissible(ports, { url, path: 'payload.callbackUrl' });
  const callback = url === undefined ? url : { url, owner: request.caller.keyId };
  const metadata = { correlationId: request.correlationId, ...metadataOf(request) };
  return answeredOnce(ports.receipts, known, async () => {
    const { result } = await createTask(ports, { id: known.id, type, aggregateId, payload, metadata }, callback);
    return result;
  });
}

function cancel(ports: CommandPorts, request: Sending, body: Cancel): Promise<CommandResult> {
  const { aggregateId, payload } = body;
  const known = knownCommand(request);
  return answeredOnce(ports.receipts, known, async () => {
    const wish = { id: known.id, taskId: aggregateId, reason: payload.reason, metadata: metadataOf(request) };
    const events = await cancelTask(ports, wish);
    const { version } = await readTask(ports.log, aggregateId);
    return { success: true, aggregateId, version, events };
  });
}

/** The id is hashed, so that none can be that of a command of ours, and with its owner, who alone knows it again. */
function knownCommand({ body: { id, type, aggregateId }, given, caller }: Sending): KnownCommand {
  const { payload } = given as Sent;
  return { id: derivedId('cmd', [caller.keyId, id]), content: sha256({ type, aggregateId, payload }) };
}

function metadataOf({ body, requestId, caller, now }: Sending) {
  return { causationId: requestId, userId: caller.keyId, now, ...body.metadata };
}
