import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, CommandResult } from '../../../contracts/commands.ts';
import { eventIdOf } from '../../../contracts/event-names.ts';
import type { Decider, EventContract, NewEvent, Recorded, Refusal } from '../../kernel/decider.ts';
import { AppError } from '../../kernel/errors.ts';
import { currentTraceId } from '../ids.ts';
import type { Commit, CommitMetadata, EventLog, Stream } from './event-log.ts';
import { history } from './stored-event.ts';

/** How often a decision is made again after another writer was first. */
const MAX_CONFLICTS = 3;

/** A command's answer, and the aggregate's history up to and including what it caused. */
export interface Handled<E extends NewEvent> {
  result: CommandResult;
  history: Recorded<E>[];
}

export interface Aggregate<C extends Command, E extends NewEvent, S> {
  decider: Decider<C, E, S>;
  /** The contract of its events, which history is checked against. */
  events: EventContract<E>;
}

/**
 * The one way a command is handled (seed: CommandHandler): load, decide, append, answer. Publishing is not a step of it: the
 * commit's own stream record is the outbox. A refusal is thrown as an error with its code, and nothing is written.
 */
export function commandHandler<C extends Command, E extends NewEvent, S>(aggregate: Aggregate<C, E, S>, log: EventLog) {
  return async (command: C): Promise<Handled<E>> => {
    for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
      if (conflicts > 0) await sleep(Math.random() * 50 * 2 ** conflicts);
      const handled = await handleOnce(aggregate, log, command);
      if (handled !== 'conflict') return handled;
    }
    const message = `${command.aggregateId} kept changing while ${command.type} was decided; try again.`;
    throw new AppError('CONFLICT', message, { retryable: true });
  };
}

async function handleOnce<C extends Command, E extends NewEvent, S>(
  aggregate: Aggregate<C, E, S>,
  log: EventLog,
  command: C,
): Promise<Handled<E> | 'conflict'> {
  const stream = await log.load(command.aggregateId);
  const earlier = stream.commits.find((commit) => commit.commitId === command.id);
  const commit = earlier ?? (await decideAndAppend(aggregate, log, stream, command));
  if (commit === 'conflict') return commit;
  return commit === 'nothing' ? unchanged(aggregate, stream) : answer(aggregate, stream, commit);
}

async function decideAndAppend<C extends Command, E extends NewEvent, S>(
  { decider, events }: Aggregate<C, E, S>,
  log: EventLog,
  stream: Stream,
  command: C,
): Promise<Commit | 'conflict' | 'nothing'> {
  assertExpectedVersion(command, stream);
  const state = history(events, stream).reduce(decider.evolve, decider.initial);
  const decision = decider.decide(command, state);
  if (!decision.ok) throw refused(decision.refusal);
  if (decision.events.length === 0) return 'nothing';
  return log.append(stream, {
    commitId: command.id,
    committedAt: command.metadata.now,
    events: decision.events,
    metadata: { ...causeOf(command, stream), traceId: currentTraceId() },
  });
}

function causeOf({ metadata, type }: Command, stream: Stream): Omit<CommitMetadata, 'traceId'> {
  const { now: _, expectedVersion: __, correlationId, ...cause } = metadata;
  if (correlationId !== undefined) return { correlationId, ...cause };
  const last = stream.commits.at(-1);
  if (last === undefined) throw new Error(`${type} begins an aggregate, so it must say what it belongs to.`);
  const lastEvent = eventIdOf(stream.aggregateId, stream.version);
  return { correlationId: last.metadata.correlationId, causationId: lastEvent, ...cause };
}

function assertExpectedVersion(command: Command, stream: Stream): void {
  const expected = command.metadata.expectedVersion;
  if (expected === undefined || expected === stream.version) return;
  throw new AppError('CONFLICT', `${command.aggregateId} is at version ${stream.version}, not ${expected}.`);
}

function answer<C extends Command, E extends NewEvent, S>(
  { events }: Aggregate<C, E, S>,
  stream: Stream,
  commit: Commit,
): Handled<E> {
  const before = stream.commits.filter((earlier) => earlier.version < commit.version);
  const result: CommandResult = {
    success: true,
    aggregateId: commit.aggregateId,
    version: commit.lastVersion,
    events: commit.events.map((event) => event.type),
  };
  return { result, history: history(events, { commits: [...before, commit] }) };
}

/** A decision without events: the aggregate is where the command wants it already. */
function unchanged<C extends Command, E extends NewEvent, S>(
  { events }: Aggregate<C, E, S>,
  stream: Stream,
): Handled<E> {
  const { aggregateId, version } = stream;
  return { result: { success: true, aggregateId, version, events: [] }, history: history(events, stream) };
}

function refused(refusal: Refusal): AppError {
  return new AppError(refusal.code, refusal.message);
}
