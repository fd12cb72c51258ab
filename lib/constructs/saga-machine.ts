import { Duration } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { compileSaga } from '../../functions/contracts/sagas/compile-saga.ts';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import type { StageConfig } from '../config/stage.ts';
import type { AppFunction } from './app-function.ts';
import { callingMachine } from './calling-machine.ts';
import { pascalCase, sagaMachineName } from './names.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface SagaMachineProps {
  stage: StageConfig;
  definition: SagaDefinition;
  /** The function of each service that the saga's steps name: no fewer, no more. */
  services: Record<string, AppFunction>;
  close: AppFunction;
  /** The runbook's section for executions that were cut off. */
  runbook: string;
}

/**
 * The state machine of a saga, compiled at synth. A step's service without a function, or a function that no step calls, fails the
 * synth. Each function is granted by name, and the logs hold no execution data: it holds task tokens.
 */
export class SagaMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: SagaMachineProps) {
    super(scope, id);
    const { stage, definition } = props;
    assertServices(props);
    const functions = { ...props.services, close: props.close };
    this.machine = callingMachine(this, {
      stage,
      name: sagaMachineName(stage, definition.id),
      definition: JSON.stringify(asl(definition), undefined, 2),
      substitutions: Object.fromEntries(
        Object.entries(functions).map(([name, fn]) => [pascalCase(name), fn.lambda.functionArn]),
      ),
      functions: Object.values(functions),
      logsData: false,
    });
    this.addAlarms(props.runbook);
  }

  /** What is cut off is picked up by itself; that it happens at all is news for somebody. */
  private addAlarms(runbook: string): void {
    const says = 'An execution was cut off before it could record its end.';
    const period = { period: Duration.minutes(1) };
    const metrics = { Aborted: this.machine.metricAborted(period), TimedOut: this.machine.metricTimedOut(period) };
    for (const [id, metric] of Object.entries(metrics)) {
      new RunbookAlarm(this, id, { says, runbook, metric, threshold: 1 });
    }
  }
}

function asl(definition: SagaDefinition) {
  // CloudFormation's placeholders are letters and digits.
  const placeholder = (name: string) => `\${${pascalCase(name)}}`;
  return compileSaga(definition, { service: placeholder, close: placeholder('close') });
}

function assertServices({ definition, services }: SagaMachineProps): void {
  const named = new Set(definition.steps.map(({ service }) => service));
  const missing = [...named].filter((name) => !(name in services));
  const unused = Object.keys(services).filter((name) => !named.has(name));
  if (missing.length > 0)
    throw new Error(`The saga ${definition.id} calls ${missing.join(', ')}, but no such function is given.`);
  if (unused.length > 0) throw new Error(`The saga ${definition.id} does not call ${unused.join(', ')}.`);
}
