import { DOMAIN_PREFIX } from './event-names.ts';

/** What a projection follows: the infrastructure routes by it, a rebuild reads by it. */
export interface ProjectionSource {
  /** How the ids of its aggregates begin. */
  aggregates: readonly string[];
  /** Exact, or a beginning and `*`; as the bus names them. */
  eventTypes: readonly string[];
}

const domain = (...types: readonly string[]) => types.map((type) => `${DOMAIN_PREFIX}${type}`);

/** Every projection, by the name of its read model. Each becomes a subscriber of its own, and a row of `GET /projections`. */
export const PROJECTIONS = {
  tasks: { aggregates: ['task_'], eventTypes: domain('Task*') },
  'task-counts': { aggregates: ['task_'], eventTypes: domain('Task*') },
  agents: {
    aggregates: ['agent_', 'scaffold', 'work_'],
    eventTypes: domain('AgentRegistered', 'WorkLeased', 'WorkReturned', 'WorkDone', 'WorkFailed', 'WorkWithdrawn'),
  },
  sagas: {
    // Tasks have sagas of their own, whose ids begin otherwise.
    aggregates: ['saga_'],
    eventTypes: domain('SagaStarted', 'SagaCompensationStarted', 'SagaResumed', 'SagaCompleted', 'SagaFailed'),
  },
} as const satisfies Record<string, ProjectionSource>;

export type ProjectionName = keyof typeof PROJECTIONS;

export const PROJECTION_NAMES = Object.keys(PROJECTIONS) as ProjectionName[];

export function isProjection(name: string): name is ProjectionName {
  return Object.hasOwn(PROJECTIONS, name);
}

/** The id under which a projection hears the bus: of its queue, its metrics and its letters. */
export function subscriptionOf(name: ProjectionName): string {
  return `projection-${name}`;
}

/** Asks a projection to apply again what it could not: the aggregate of this event, up to what the log has. */
export const RETRY_FAILED_EVENT = 'maos.RetryFailedEvent';
export interface RetryFailedEvent {
  retryOf: string;
  eventType: string;
}

/** Asks for a look at all projections, before the clock does. */
export const KEEP_PROJECTIONS = 'maos.KeepProjections';

/** What the rebuilding machine asks of its function. */
export type RebuildStep = { projection: ProjectionName; generation: number } & (
  | { step: 'fill'; segment: number }
  | { step: 'compare' | 'switch' }
  | { step: 'give-up'; cause: string }
);

/** Into how many parts the log is cut for a rebuild; each keeps its own place in it. */
export const REBUILD_SEGMENTS = 16;
