import { createHash } from 'node:crypto';
import type { Agent } from '../../../functions/contracts/api/agent.ts';
import type { Task } from '../../../functions/contracts/api/task.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { Reply } from './api-client.ts';
import { ApiClient, dataOf } from './api-client.ts';
import { newKey } from './cloud.ts';

export interface Lease {
  leaseId: string;
  task: Task;
  expiresAt: string;
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An agent as somebody outside would write it: it has a key, registers, asks for work and does it over HTTP. */
export class Worker {
  readonly api: ApiClient;
  readonly agent: Agent;

  private constructor(api: ApiClient, agent: Agent) {
    this.api = api;
    this.agent = agent;
  }

  static async register(capabilities: string[], { maxConcurrency = 1 } = {}): Promise<Worker> {
    const api = new ApiClient(await newKey('agent'));
    const body = { name: `a worker of ${capabilities}`, capabilities, maxConcurrency };
    return new Worker(api, dataOf<Agent>(await api.create('/agents', body)));
  }

  /** One look for work, which waits a little. */
  askForWork(waitSeconds = 0): Promise<Reply> {
    return this.api.post(`/agents/${this.agent.agentId}/claim`, { waitSeconds });
  }

  /** Asks until there is work. */
  async claim(limitMs = 30_000): Promise<Lease> {
    const look = async () => {
      const reply = await this.askForWork(5);
      return reply.status === 204 ? undefined : dataOf<Lease>(reply);
    };
    const lease = await waitFor(look, { everyMs: 100, limitMs });
    if (lease === undefined) throw new Error(`${this.agent.agentId} found no work within ${limitMs / 1000} s.`);
    return lease;
  }

  heartbeat({ leaseId }: Pick<Lease, 'leaseId'>, beat: object = {}): Promise<Reply> {
    return this.api.post(`/leases/${leaseId}/heartbeat`, beat);
  }

  upload({ leaseId }: Pick<Lease, 'leaseId'>, path: string, body: string, headers = {}): Promise<Reply> {
    const text = { 'content-type': 'text/plain', ...headers };
    return this.api.call(`/leases/${leaseId}/files/${path}`, { method: 'PUT', headers: text, body });
  }

  complete({ leaseId }: Pick<Lease, 'leaseId'>, files: { path: string; sha256: string }[]): Promise<Reply> {
    return this.api.post(`/leases/${leaseId}/complete`, { summary: 'Done by hand.', files });
  }

  fail({ leaseId }: Pick<Lease, 'leaseId'>, error: { code: string; message: string }, retryable?: boolean) {
    return this.api.post(`/leases/${leaseId}/fail`, { error, ...(retryable === undefined ? {} : { retryable }) });
  }
}

/** A task type that no other test has. */
export function ownType(name: string): string {
  return `${name}.${Math.random().toString(36).slice(2, 10)}`;
}
