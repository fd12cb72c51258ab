import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import type { AppFunction } from './app-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

const MACHINES = join(import.meta.dirname, '..', '..', 'state-machines');

export interface MachineFromAslProps {
  stage: StageConfig;
  /** A file in `state-machines/`. */
  file: string;
  /** The functions behind the file's `${Token}`s. */
  functions: Record<string, AppFunction>;
  /** The runbook's section for executions that were cut off. */
  runbook: string;
}

/**
 * A state machine from its ASL file, whole timeout included: CDK drops a `timeout` beside a text. A token without a function, or a
 * function without a token, fails the synth: CDK itself only warns. Each function is granted by name, and the logs hold no execution
 * data.
 */
export class MachineFromAsl extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { stage, file, functions, runbook }: MachineFromAslProps) {
    super(scope, id);
    const definition = readFileSync(join(MACHINES, file), 'utf8');
    assertTokens(file, definition, Object.keys(functions));
    this.machine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(functions).map(([token, fn]) => [token, fn.lambda.functionArn]),
      ),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', { retention: stage.logRetention, removalPolicy: stage.dataRemoval }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.addAlarms(runbook);
    this.machine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(functions).map((fn) => fn.lambda.functionArn),
      }),
    );
    Validations.of(this.machine.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery and X-Ray know no resources (Step Functions developer guide, "Logging").',
    });
  }

  /** A failed execution has recorded its end; one that was aborted or timed out has not, and its task waits for ever. */
  private addAlarms(runbook: string): void {
    const says = 'An execution was cut off before it could record its end.';
    const period = { period: Duration.minutes(1) };
    const metrics = { Aborted: this.machine.metricAborted(period), TimedOut: this.machine.metricTimedOut(period) };
    for (const [id, metric] of Object.entries(metrics)) {
      new RunbookAlarm(this, id, { says, runbook, metric, threshold: 1 });
    }
  }
}

function assertTokens(file: string, definition: string, given: readonly string[]): void {
  const used = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] as string));
  const missing = [...used].filter((token) => !given.includes(token));
  const unused = given.filter((token) => !used.has(token));
  if (missing.length > 0) throw new Error(`${file} names ${missing.join(', ')}, but no such function is given.`);
  if (unused.length > 0) throw new Error(`${file} does not use ${unused.join(', ')}.`);
}
