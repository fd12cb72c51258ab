import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { ENV } from '../../../functions/contracts/env.ts';
import type { EventBus } from '../../../functions/events/adapters/event-bus.ts';
import { eventBridgeBus } from '../../../functions/events/adapters/event-bus.ts';
import type { PublicationMarks } from '../../../functions/events/adapters/publication-marks.ts';
import { publisher } from '../../../functions/events/adapters/publisher.ts';
import type { Publication } from '../../../functions/events/domain/publication.ts';
import type { Commit, EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { streamPipeline } from '../../../functions/shared/platform/log/stream-pipeline.ts';
import { deadLetterQueue } from '../../../functions/shared/platform/queues/dead-letter-queue.ts';
import { Bus } from './bus.ts';
import type { Lambdas } from './lambdas.ts';
import type { Queue } from './queue.ts';
import { Stream, streamedLog } from './stream.ts';
import { streamSource } from './stream-source.ts';
import { letterQueue, STAGE } from './subscription.ts';
import type { World } from './world.ts';

/** The way from the log to the bus. */
export interface Publishing {
  log: EventLog;
  /** What the log holds, in the order in which it was stored. */
  commits: Commit[];
  bus: Bus;
  /** By commit position. */
  marks: Map<string, Mark>;
  /** Each invocation that was answered. */
  answers: PublisherAnswer[];
  letters: Queue;
}

export interface Mark {
  /** What became of the commit's events on the bus, as it was marked last. */
  statuses: Publication['status'][];
  /** How many events the bus had taken when the commit was marked first. */
  taken: number;
}

/** What an invocation of the publisher heard and said. */
export interface PublisherAnswer {
  commits: readonly Commit[];
  /** Its calls to the bus, and which events these took as far as it was told. */
  calls: { eventId: string; isTaken: boolean }[][];
  /** From this commit on everything has to come again. */
  again: Commit | undefined;
}

const PUBLISHER = 'publisher';
const SHARDS = 3;

/** Deploys the publisher as `lib/stacks/events-stack.ts` does. */
export function deployPublisher(world: World, lambdas: Lambdas): Publishing {
  const letters = letterQueue(world, PUBLISHER);
  const stream = new Stream(world, SHARDS);
  const commits: Commit[] = [];
  const marks: Publishing['marks'] = new Map();
  const answers: Publishing['answers'] = [];
  const env = { [ENV.stage]: STAGE, [ENV.deadLetterQueue]: letters.url };
  const bus = new Bus(world);
  const put = eventBridgeBus('maos-test');
  const deadLetter = deadLetterQueue(letters.url);
  const mark: PublicationMarks = (commit, publications) =>
    lambdas.call('mark', () => {
      const { taken } = marks.get(commit.position) ?? { taken: bus.accepted.length };
      marks.set(commit.position, { statuses: publications.map(({ status }) => status), taken });
    });
  const now = () => new Date().toISOString();
  const fn = lambdas.deploy<DynamoDBStreamEvent, DynamoDBBatchResponse>(PUBLISHER, env, () => {
    let calls: PublisherAnswer['calls'] = [];
    const heard: EventBus = async (events) => {
      const outcomes = await put(events);
      calls.push(events.map(({ eventId }, at) => ({ eventId, isTaken: outcomes[at]?.errorCode === undefined })));
      return outcomes;
    };
    const run = publisher({ subscriptionId: PUBLISHER, bus: heard, mark, deadLetter, maxAttempts: 3, now });
    const pipeline = streamPipeline({ subscriptionId: PUBLISHER, run, deadLetter });
    return async (event, context) => {
      calls = [];
      const answer = await pipeline(event, context);
      const lowest = answer.batchItemFailures[0]?.itemIdentifier;
      const given = event.Records.map(({ dynamodb }) => commitAt(commits, dynamodb?.SequenceNumber));
      answers.push({ commits: given, calls, again: lowest === undefined ? undefined : commitAt(commits, lowest) });
      return answer;
    };
  });
  streamSource(world, { stream, fn, batchSize: 100, bisectBatchOnError: true, onFailure: letters });
  const log = streamedLog(world, stream, commits);
  return { log, commits, bus, marks, answers, letters };
}

/** The stream numbers its records as the log numbers its commits. */
function commitAt(commits: readonly Commit[], sequence: string | undefined): Commit {
  const commit = commits[Number(sequence) - 1];
  if (commit === undefined) throw new Error(`The stream has no record ${sequence}.`);
  return commit;
}
