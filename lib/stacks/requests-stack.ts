import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { QueueConsumer, Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

export interface RequestsStackProps {
  data: DataStack;
  /** Takes the ids of streams that have callbacks to send. */
  kicks: Queue;
}

/** A try of 300 s that begins while its caller still waits, and what comes on top. */
const LONGEST_RUN = Duration.seconds(345);

/** Requests: their API, the functions that make their tries, and what finds those that were left behind. */
export class RequestsStack extends StageStack {
  readonly api: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, { data, kicks }: RequestsStackProps) {
    super(scope, id, stage);
    const queue = this.addTries(data, kicks);
    const runner = this.tries(
      new AppFunction(this, 'RunRequest', {
        stage,
        handler: 'requests/handlers/run-request.handler.ts',
        description: 'Makes the tries of a request while its caller waits',
        timeout: LONGEST_RUN,
      }),
      data,
      { queue, kicks },
    ).watchErrors();
    this.addSweep(data, queue);
    this.api = new AppFunction(this, 'RequestsApi', {
      stage,
      handler: 'requests/handlers/requests-api.handler.ts',
      description: 'The rows under /api/v1/requests',
      timeout: Duration.seconds(28),
    })
      .bindRequests(data.requests, 'submit')
      .bindDeliveries(data.webhooks, 'show')
      .bindKicks(kicks)
      .bindServices(data, 'watch')
      .bindIdempotency(data.idempotency)
      .bindRequestTries(queue)
      .bindRequestRunner(runner)
      .bindOutgoing(stage)
      .watchErrors();
  }

  private addTries(data: DataStack, kicks: Queue): Queue {
    const { fn, inbox } = new QueueConsumer(this, 'RequestTries', {
      stage: this.stageConfig,
      subscriptionId: 'request-tries',
      net: data.unrecorded,
      handler: 'requests/handlers/request-tries.handler.ts',
      description: 'Makes the tries of requests that nobody waits for, each by its own message',
      timeout: LONGEST_RUN,
      retryPolicy: { maxAttempts: 10 },
      maxConcurrency: this.stageConfig.outgoingConcurrency,
    });
    this.tries(fn, data, { queue: inbox.queue, kicks });
    return inbox.queue;
  }

  /** Whoever makes a try. */
  private tries(fn: AppFunction, data: DataStack, { queue, kicks }: { queue: Queue; kicks: Queue }): AppFunction {
    return fn
      .bindRequests(data.requests, 'run')
      .bindDeliveries(data.webhooks, 'tell')
      .bindKicks(kicks)
      .bindServices(data, 'call')
      .bindRequestTries(queue)
      .bindOutgoing(this.stageConfig);
  }

  private addSweep(data: DataStack, queue: Queue): void {
    new Subscriber(this, 'SweepRequests', {
      stage: this.stageConfig,
      on: { every: Duration.minutes(1) },
      subscriptionId: 'sweep-requests',
      net: data.unrecorded,
      handler: 'requests/handlers/sweep-requests.handler.ts',
      description: 'Has requests go on whose try was lost',
    }).fn
      .bindRequests(data.requests, 'sweep')
      .bindRequestTries(queue);
  }
}
