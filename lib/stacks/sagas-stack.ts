import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { sagaMachineArn } from '../constructs/names.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** What every saga needs, whoever defined it: its close, its cancellation, and somebody who picks up what was cut off. */
export class SagasStack extends StageStack {
  readonly close: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    this.close = new AppFunction(this, 'CloseSaga', {
      stage,
      handler: 'sagas/handlers/close-saga.handler.ts',
      description: 'Records the end of a saga that failed',
      timeout: Duration.seconds(20),
    })
      .bindEventLog(data.eventLog, 'append')
      .watchErrors();
    new CfnOutput(this, 'CloseSagaArn', { value: this.close.lambda.functionArn });
    this.addCancelled(data);
    this.addInterrupted(data);
  }

  private addCancelled(data: DataStack): void {
    new Subscriber(this, 'CancelledSaga', {
      stage: this.stageConfig,
      on: { bus: data.bus, eventTypes: ['domain.SagaCancelRequested'] },
      subscriptionId: 'cancelled-saga',
      net: data.unrecorded,
      // A token or a task that is never told waits for hours, so a hitch of minutes is waited out.
      retryPolicy: { maxAttempts: 10 },
      handler: 'sagas/handlers/cancelled-saga.handler.ts',
      description: 'Wakes the machine of a saga that is to end while its step waits',
    }).fn
      .bindEventLog(data.eventLog, 'read')
      .bindStepTokens(data.stepTokens, 'answer')
      .bindSagaMachines(this.stageConfig)
      .set(ENV.sagaMachines, sagaMachineArn(this.stageConfig, ''));
  }

  private addInterrupted(data: DataStack): void {
    new Subscriber(this, 'InterruptedSaga', {
      stage: this.stageConfig,
      on: {
        aws: {
          source: ['aws.states'],
          detailType: ['Step Functions Execution Status Change'],
          detail: {
            stateMachineArn: [{ prefix: sagaMachineArn(this.stageConfig, '') }],
            status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
          },
        },
      },
      subscriptionId: 'interrupted-saga',
      net: data.unrecorded,
      retryPolicy: { maxAttempts: 10 },
      handler: 'sagas/handlers/interrupted-saga.handler.ts',
      description: 'Compensates sagas whose execution was cut off',
    }).fn
      .bindEventLog(data.eventLog, 'append')
      .bindSagaMachines(this.stageConfig);
  }
}
