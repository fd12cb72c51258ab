import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import type {
  Checkpoint,
  FailedEvents,
  ProjectionStore,
  Segment,
  Segments,
} from '../../../functions/projections/adapters/projection-store.ts';
import type { ProjectionState } from '../../../functions/shared/kernel/projection-state.ts';
import { INITIAL_STATE } from '../../../functions/shared/kernel/projection-state.ts';
import { cursorTo, placeOf } from '../../../functions/shared/platform/cursor.ts';

/** What projections know of themselves, in memory. The contract suites hold it to the same rules as the tables. */
export function memoryProjectionStore(): ProjectionStore {
  const states = new Map<ProjectionName, { text: string; revision: number }>();
  const checkpoints = new Map<ProjectionName, Checkpoint>();
  const looks = new Map<ProjectionName, string>();
  return {
    async read(name) {
      const { text, revision } = states.get(name) ?? { text: JSON.stringify(INITIAL_STATE), revision: 0 };
      return { state: JSON.parse(text) as ProjectionState, revision };
    },
    async write(name, state, seen) {
      if ((states.get(name)?.revision ?? 0) !== seen) return false;
      states.set(name, { text: JSON.stringify(state), revision: seen + 1 });
      return true;
    },
    checkpoint: async (name) => checkpoints.get(name),
    async advance(name, checkpoint) {
      if (checkpoint.position > (checkpoints.get(name)?.position ?? '')) checkpoints.set(name, { ...checkpoint });
    },
    looked: async (name) => looks.get(name),
    async lookedTo(name, position) {
      if (position > (looks.get(name) ?? '')) looks.set(name, position);
    },
  };
}

export function memoryFailedEvents(): FailedEvents {
  const failing = new Map<string, Map<string, Awaited<ReturnType<FailedEvents['page']>>['items'][number]>>();
  const errors: { name: string; at: string; eventId: string }[] = [];
  const of = (name: string) => failing.get(name) ?? new Map();
  return {
    async record(name, { at, ...event }) {
      const before = of(name).get(event.eventId);
      const counted = { firstFailedAt: before?.firstFailedAt ?? at, retryCount: (before?.retryCount ?? -1) + 1 };
      failing.set(name, of(name).set(event.eventId, { ...event, ...counted, lastFailedAt: at }));
      errors.push({ name, at, eventId: event.eventId });
    },
    async settle(name, eventId) {
      of(name).delete(eventId);
    },
    async page(name, { limit, cursor }) {
      const list = `failed-events#${name}`;
      const before = cursor === undefined ? '' : placeOf(cursor, list, ['part']).part;
      const all = [...of(name).values()].filter(({ eventId }) => `failed#${eventId}` > before);
      const sorted = all.sort((one, other) => (one.eventId < other.eventId ? -1 : 1));
      const items = sorted.slice(0, limit);
      const last = items.at(-1);
      const more = sorted.length > limit && last !== undefined;
      return { items, nextCursor: more ? cursorTo(list, { part: `failed#${last.eventId}` }) : null };
    },
    count: async (name) => of(name).size,
    async recentErrors(name, since) {
      const recent = errors.filter((one) => one.name === name && one.at >= since);
      return new Set(recent.map(({ eventId }) => eventId)).size;
    },
  };
}

export function memorySegments(): Segments {
  const segments = new Map<string, string>();
  const keyOf = (name: string, generation: number, segment: number) => `${name}#${generation}#${segment}`;
  return {
    async read(name, generation) {
      const own = [...segments].filter(([key]) => key.startsWith(`${name}#${generation}#`));
      return own.map(([, text]) => JSON.parse(text) as Segment);
    },
    async save(name, generation, segment) {
      const key = keyOf(name, generation, segment.segment);
      const before = segments.get(key);
      const saves = before === undefined ? 0 : (JSON.parse(before) as Segment).saves;
      if (saves !== segment.saves - 1) return false;
      segments.set(key, JSON.stringify(segment));
      return true;
    },
  };
}
