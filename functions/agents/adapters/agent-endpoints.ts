import type { Agent } from '../../contracts/api/agent.ts';
import { agentRoutes } from '../../contracts/api/agent.ts';
import type { Page } from '../../contracts/api/list.ts';
import type { Task } from '../../contracts/api/task.ts';
import { taskEvents } from '../../contracts/events/task-events.ts';
import { taskView } from '../../contracts/views/task.view.ts';
import type { Answer, DataAnswer } from '../../shared/platform/http/answer.ts';
import { NO_CONTENT } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest, RequestContext } from '../../shared/platform/http/http-request.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';
import { agentStatus } from '../domain/agent-status.ts';
import type { RegistrationCause } from './agent-registration.ts';
import { registration } from './agent-registration.ts';
import type { AgentRecord, AgentState } from './agent-state.ts';
import type { Leases } from './leases.ts';
import { registerScaffold } from './scaffold-record.ts';

export interface AgentPorts {
  log: EventLog;
  state: AgentState;
  leases: Leases;
}

export function agentEndpoints(ports: AgentPorts) {
  return [
    endpoint(agentRoutes.registerAgent, (request) => register(ports, request)),
    endpoint(agentRoutes.listAgents, async (request) => ({ kind: 'data', data: await list(ports, request) })),
    endpoint(agentRoutes.claimTask, (request) => claim(ports, request)),
  ];
}

/** Under an `Idempotency-Key` the id is the same each time, so a call that is run again finds the agent there, which has been seen then. */
async function register(
  { state }: AgentPorts,
  { newId, body, caller, now, ...request }: HttpRequest<typeof agentRoutes.registerAgent>,
): Promise<DataAnswer> {
  const agentId = newId('agent');
  const agent = { agentId, ...body, keyId: caller.keyId, lastSeenAt: now, createdAt: now };
  const isNew = await state.saveAgent(registration(agent, request.commandId, causeOf(request)));
  if (!isNew) await state.seeAgent(agentId, now);
  const stored = await state.findAgent(agentId);
  if (stored === undefined) throw new Error(`The log tells of ${agentId}, and there is no such agent.`);
  return { kind: 'data', data: viewOf(stored, now) };
}

function causeOf({ correlationId, requestId }: Pick<RequestContext, 'correlationId' | 'requestId'>): RegistrationCause {
  return { correlationId, causationId: requestId };
}

async function list(
  ports: AgentPorts,
  { query, now, ...request }: HttpRequest<typeof agentRoutes.listAgents>,
): Promise<Page<Agent>> {
  await registerScaffold(ports, now, causeOf(request));
  const { items, nextCursor } = await ports.state.listAgents(query);
  return { items: items.map((agent) => viewOf(agent, now)), nextCursor };
}

/** As everybody outside sees it: whose key it is, is nobody's business. */
function viewOf({ keyId, version: _, capabilities, ...agent }: AgentRecord, now: string): Agent {
  return { ...agent, capabilities: [...capabilities], status: agentStatus({ keyId, ...agent }, now) };
}

async function claim(
  { leases, log }: AgentPorts,
  { params, body, caller, requestId }: HttpRequest<typeof agentRoutes.claimTask>,
): Promise<Answer> {
  const wish = { agentId: params.agentId, keyId: caller.keyId, requestId, waitMs: 1000 * body.waitSeconds };
  const lease = await leases.claim(wish);
  if (lease === undefined) return NO_CONTENT;
  const task = await readTask(log, lease.work.taskId);
  return { kind: 'data', data: { leaseId: lease.leaseId, task, expiresAt: lease.leaseUntil } };
}

/** The task's own events may lag behind its work's by a moment, so it may still be pending here. */
async function readTask(log: EventLog, taskId: string): Promise<Task> {
  const events = history(taskEvents, await log.load(taskId));
  return events.reduce<Task | undefined>(taskView, undefined) as Task;
}
