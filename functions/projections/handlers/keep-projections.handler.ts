import type { Context } from 'aws-lambda';
import { ENV } from '../../contracts/env.ts';
import { KEEP_PROJECTIONS } from '../../contracts/projections.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoCommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { messageQueue } from '../../shared/platform/queues/message-queue.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { removeSome } from '../adapters/generation-removal.ts';
import { ownProjections } from '../adapters/own-projections.ts';
import { keepProjections } from '../adapters/projection-keeper.ts';
import { projectionMetrics } from '../adapters/projection-metrics.ts';
import { sfnRebuildExecutions } from '../adapters/rebuild-executions.ts';

const own = ownProjections();
const { client, tables } = own;
const metrics = projectionMetrics();
const feed = dynamoCommitFeed(client, tables.eventLog);
const executions = sfnRebuildExecutions(requireEnv(ENV.rebuildMachine));
const send = messageQueue(requireEnv(ENV.projectionKeeper), KEEP_PROJECTIONS);

/** Left for what was begun. */
const REST_MS = 30_000;
let timeLeft: () => number;

const keep = () =>
  keepProjections({
    ...own,
    feed,
    executions,
    removeSome: (name, generation) => removeSome({ client, table: tables.readModels }, { name, generation }),
    again: (delaySeconds) => send({}, delaySeconds),
    paused: metrics.paused,
    tell(name, { lag, failedEvents, isPausedByErrors }) {
      metrics.lag(name, lag);
      metrics.failed(name, failedEvents);
      if (isPausedByErrors) metrics.paused(name);
    },
    isTimeUp: () => timeLeft() < REST_MS,
  });

export const handler = subscriberPipeline(keep).before(({ context }: { context: Context }) => {
  timeLeft = () => context.getRemainingTimeInMillis();
});
