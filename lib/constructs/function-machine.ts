import { Aws, Duration } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import type { AppFunction } from './app-function.ts';
import { callingMachine } from './calling-machine.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface FunctionMachineProps {
  stage: StageConfig;
  name: string;
  /** The text of an `.asl.json` file; `${Function}` in it is the function's ARN. */
  definition: string;
  /** What all of its tasks call. */
  fn: AppFunction;
  substitutions?: Record<string, string>;
  /** The runbook's section for executions that failed or were cut off. */
  runbook: string;
}

/** A state machine that is written by hand, and calls one function for all that it does. */
export class FunctionMachine extends Construct {
  readonly arn: string;
  /** Its executions, whatever their names. */
  readonly executions: string;

  constructor(scope: Construct, id: string, props: FunctionMachineProps) {
    super(scope, id);
    const { stage, name, fn } = props;
    this.arn = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:${name}`;
    this.executions = `${this.arn.replace(':stateMachine:', ':execution:')}:*`;
    const machine = callingMachine(this, {
      stage,
      name,
      definition: props.definition,
      substitutions: { Function: fn.lambda.functionArn, ...props.substitutions },
      functions: [fn],
      logsData: true,
    });
    this.addAlarms(machine, props.runbook);
  }

  private addAlarms(machine: StateMachine, runbook: string): void {
    const period = { period: Duration.minutes(5) };
    const metrics = {
      Failed: machine.metricFailed(period),
      Aborted: machine.metricAborted(period),
      TimedOut: machine.metricTimedOut(period),
    };
    for (const [id, metric] of Object.entries(metrics)) {
      new RunbookAlarm(this, id, { says: `${this.node.id} did not come to its end.`, runbook, metric, threshold: 1 });
    }
  }
}
