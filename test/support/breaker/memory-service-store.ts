import { breakerCommit, breakerIdOf } from '../../../functions/shared/platform/breaker/breaker-commit.ts';
import type { BreakerRecord, Wish } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { UNTOUCHED } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import type {
  CallCounts,
  ServiceEntry,
  ServiceRegistration,
  ServiceStore,
} from '../../../functions/shared/platform/breaker/service-store.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { Tally } from '../delivery/tally.ts';
import type { Travel } from './store-weather.ts';

interface Row {
  registration?: ServiceRegistration;
  /** As JSON text, so that nobody shares an object with the store. */
  breaker?: string;
  counts: CallCounts;
}

/** A question that takes no time. */
const AT_ONCE: Travel = (_what, serve) => Promise.resolve(serve());

/**
 * What all environments know of services, in memory. The contract suite holds it to the same rules as that in DynamoDB; how its answers
 * travel says who makes it.
 */
export class MemoryServiceStore implements ServiceStore {
  /** How often it served what. */
  readonly served = new Tally();
  readonly #rows = new Map<string, Row>();
  readonly #history: Commit[] = [];
  readonly #travel: Travel;

  constructor(travel: Travel = AT_ONCE) {
    this.#travel = travel;
  }

  /** What the environments' store leaves to others. */
  register(registration: ServiceRegistration): void {
    this.#rows.set(registration.name, { ...this.#rowOf(registration.name), registration });
  }

  /** How a breaker stands, without a question. */
  stands(service: string): BreakerRecord {
    const { breaker } = this.#rowOf(service);
    return breaker === undefined ? UNTOUCHED : (JSON.parse(breaker) as BreakerRecord);
  }

  /** The turns of a breaker, in order. */
  history(service: string): Commit[] {
    return this.#history.filter(({ aggregateId }) => aggregateId === breakerIdOf(service));
  }

  find(service: string): Promise<ServiceEntry> {
    return this.#ask('find', () => {
      const { registration } = this.#rowOf(service);
      return { ...(registration && { registration }), breaker: this.stands(service) };
    });
  }

  async change(service: string, known: BreakerRecord, wish: Wish, correlationId: string) {
    let record = known;
    for (let isRead = false; ; isRead = true) {
      const wanted = wish(record);
      if (wanted === record && isRead) return { record, changed: false };
      const next = { ...wanted, revision: record.revision + 1 };
      if (wanted !== record && (await this.#write(service, record, { next, correlationId })))
        return { record: next, changed: true };
      record = (await this.find(service)).breaker;
    }
  }

  count(service: string, { success, error, rejected }: CallCounts): Promise<void> {
    return this.#ask('count', () => {
      const row = this.#rowOf(service);
      const counts = {
        success: row.counts.success + success,
        error: row.counts.error + error,
        rejected: row.counts.rejected + rejected,
      };
      this.#rows.set(service, { ...row, counts });
    });
  }

  counted(service: string): Promise<CallCounts> {
    return this.#ask('counted', () => this.#rowOf(service).counts);
  }

  #write(
    service: string,
    before: BreakerRecord,
    { next, correlationId }: { next: BreakerRecord; correlationId: string },
  ): Promise<boolean> {
    return this.#ask('write', () => {
      if (this.stands(service).revision !== before.revision) return false;
      if (next.version !== before.version) this.#turn(service, next, correlationId);
      this.#rows.set(service, { ...this.#rowOf(service), breaker: JSON.stringify(next) });
      return true;
    });
  }

  /** Like the table of the log, it takes one commit at a version. */
  #turn(service: string, next: BreakerRecord, correlationId: string): void {
    const commit = breakerCommit(service, next, { commitId: `${service}-${next.revision}`, correlationId });
    const isTaken = this.history(service).some(({ version }) => version === commit.version);
    if (isTaken) throw new Error(`The log has a commit ${commit.version} of ${service}.`);
    this.#history.push(commit);
  }

  #ask<Answer>(what: string, serve: () => Answer): Promise<Answer> {
    return this.#travel(what, () => {
      this.served.add(what);
      return serve();
    });
  }

  #rowOf(service: string): Row {
    return this.#rows.get(service) ?? { counts: { success: 0, error: 0, rejected: 0 } };
  }
}
