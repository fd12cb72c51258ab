import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { AppFunction } from './app-function.ts';
import type { FunctionProps } from './bare-function.ts';
import { DeadLetterQueue } from './queue-with-dlq.ts';

export interface ServiceFunctionProps extends FunctionProps {
  /** As sagas' steps name it: `agent-service`. */
  service: string;
  eventLog: Table;
  stepTokens: Table;
  services: Table;
  /** Takes the letters that the recorder cannot record. */
  net: Queue;
}

/** The function of a service that sagas call: it keeps the steps' tokens, records them, and has a place for compensations that failed. */
export class ServiceFunction extends AppFunction {
  readonly service: string;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id, props);
    const { stage, service: of, net } = props;
    this.service = of;
    const letters = new DeadLetterQueue(this, 'Letters', { stage, of, net, runbook: 'saga-compensation' });
    this.bindEventLog(props.eventLog, 'append')
      .bindStepTokens(props.stepTokens, 'keep')
      .bindServices(props, 'call')
      .bindDeadLetterQueue(letters.queue)
      .watchErrors();
  }
}
