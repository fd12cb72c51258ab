import { registration } from '../../../functions/agents/adapters/agent-registration.ts';
import { agentService } from '../../../functions/agents/adapters/agent-service.ts';
import type { AgentState, LeaseRecord, NewAgent } from '../../../functions/agents/adapters/agent-state.ts';
import { sweepLeases } from '../../../functions/agents/adapters/lease-sweep.ts';
import type { LeaseCall, LeasePorts, Leases } from '../../../functions/agents/adapters/leases.ts';
import { leases } from '../../../functions/agents/adapters/leases.ts';
import type { Wake } from '../../../functions/agents/adapters/wake-queue.ts';
import { worksIn } from '../../../functions/agents/adapters/works.ts';
import type { CreateTask } from '../../../functions/contracts/commands.ts';
import { sagaIdOf } from '../../../functions/contracts/task-ids.ts';
import { commandHandler } from '../../../functions/shared/platform/log/command-handler.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import type { SagaService } from '../../../functions/shared/platform/sagas/saga-service.ts';
import type { TaskLogLine } from '../../../functions/shared/platform/task-log.ts';
import { taskAggregate } from '../../../functions/tasks/adapters/task-aggregate.ts';
import { memoryEventLog } from '../log/memory-event-log.ts';
import { samplePayload, TASK_ID, taskCommand } from '../tasks/task-samples.ts';
import { memoryAgentFiles } from './memory-agent-files.ts';
import type { MemoryAgentState } from './memory-agent-state.ts';
import { memoryAgentState } from './memory-agent-state.ts';

/** Everything that the feature writes to. */
export interface Stores {
  log: EventLog;
  state: AgentState;
  wake: Wake;
}

/** The feature over some stores: as they are, or with faults between it and them. */
export interface AgentFeature {
  ports: LeasePorts;
  leases: Leases;
  service: SagaService;
  sweep(): Promise<void>;
}

export const LEASE_SECONDS = 60;
const TASK_TYPE = 'code_generation';

/** Agents, works and leases in memory, on a clock that moves only when it is told to. */
export class AgentWorld {
  readonly log = memoryEventLog();
  readonly state: MemoryAgentState = memoryAgentState(this.log);
  readonly files = memoryAgentFiles();
  /** Tasks whose agent was woken. */
  readonly woken: string[] = [];
  /** Tasks whose uploads were removed. */
  readonly cleared: string[] = [];
  readonly lines: (TaskLogLine & { taskId: string })[] = [];
  readonly wake: Wake = async ({ taskId }) => {
    this.woken.push(taskId);
  };
  readonly feature: AgentFeature;
  private time = Date.parse('2026-08-19T10:00:00.000Z');

  constructor() {
    this.feature = this.over(this);
  }

  readonly now = (): string => new Date(this.time).toISOString();

  pass(seconds: number): void {
    this.time += 1000 * seconds;
  }

  over({ log, state, wake }: Stores): AgentFeature {
    const { files, now } = this;
    const append: LeasePorts['taskLog']['append'] = async (taskId, lines) => {
      this.lines.push(...lines.map((line) => ({ taskId, ...line })));
    };
    const work = { works: worksIn(log, now), state, wake, now };
    const ports: LeasePorts = { ...work, files, taskLog: { append }, leaseSeconds: LEASE_SECONDS };
    const clearStaged = async (taskId: string) => {
      this.cleared.push(taskId);
    };
    return {
      ports,
      leases: leases(ports),
      service: agentService({ ...work, clearStaged }),
      sweep: () => sweepLeases(work),
    };
  }

  async register(agentId: string, fields: Partial<NewAgent> = {}): Promise<void> {
    const [lastSeenAt, createdAt] = [this.now(), this.now()];
    const said = { name: agentId, capabilities: [TASK_TYPE], maxConcurrency: 1, keyId: 'key_1' };
    const agent = { agentId, ...said, lastSeenAt, createdAt, ...fields };
    await this.state.saveAgent(registration(agent, `${agentId}:register`, { correlationId: 'corr_1' }));
  }

  async createTask(taskId = TASK_ID, payload: Partial<CreateTask['payload']> = {}): Promise<void> {
    const command = taskCommand('CreateTask', { aggregateId: taskId, metadata: { now: this.now() } });
    await commandHandler(
      taskAggregate,
      this.log,
    )({
      ...command,
      payload: { ...samplePayload.CreateTask, type: TASK_TYPE, ...payload },
    });
  }

  /** Runs the step `assign` for a task, as its saga does. */
  async offer(taskId = TASK_ID, { service } = this.feature, fields: object = {}) {
    const input = { taskId, taskType: TASK_TYPE, priority: 5, createdAt: '2026-08-19T09:59:59.000Z', ...fields };
    return service.assign?.run(input, contextOf(taskId, 'assign'));
  }

  /** Runs the step's compensation. */
  async release(taskId = TASK_ID, { service } = this.feature) {
    const sagaData = { taskId, taskType: TASK_TYPE, priority: 5, createdAt: '2026-08-19T09:59:59.000Z' };
    return service.release?.run({ originalResult: {}, sagaData }, contextOf(taskId, 'assign'));
  }

  claim(agentId: string, { leases } = this.feature): Promise<LeaseRecord | undefined> {
    return leases.claim({ agentId, keyId: 'key_1', requestId: `req_${agentId}`, waitMs: 0 });
  }

  /** For tests where there is work for the agent. */
  async claimed(agentId: string): Promise<LeaseRecord> {
    const lease = await this.claim(agentId);
    if (lease === undefined) throw new Error(`${agentId} found no work.`);
    return lease;
  }
}

export function contextOf(taskId: string, stepId: string) {
  return {
    sagaId: sagaIdOf(taskId),
    stepId,
    correlationId: 'corr_1',
    run: 1,
    timeoutMs: 1000,
    signal: new AbortController().signal,
  };
}

const requests = { next: 0 };

/** A call about a lease, under a request id of its own. */
export function callOf({ leaseId, keyId }: LeaseRecord): LeaseCall {
  requests.next += 1;
  return { leaseId, keyId, requestId: `req_${requests.next}` };
}
