import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvName } from '../../functions/contracts/env.ts';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { handlerCode } from './handler-code.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface FunctionProps {
  stage: StageConfig;
  /** The handler's file, from `functions/`. A test holds that every handler has its function, and every function its handler. */
  handler: string;
  description: string;
  timeout: Duration;
  /** MB. */
  memory?: number;
}

/** A Lambda function: bundled with its SDK, in its own role that can write its own logs and nothing else. */
export class BareFunction extends Construct {
  readonly lambda: Lambda;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.stage.logRetention,
      removalPolicy: props.stage.dataRemoval,
    });
    logGroup.grantWrite(this.role);
    this.lambda = new Lambda(this, 'Function', {
      code: handlerCode(props.handler),
      handler: 'index.handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory ?? 512,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      role: this.role,
      logGroup,
      environment: { [ENV.stage]: props.stage.name },
    });
    this.lambda.node.defaultChild?.node.addMetadata('maos:handler', props.handler);
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray, dynamodb:ListStreams, states:SendTask*, events:ListRules and events:TestEventPattern know no resources (AWS service authorization reference).',
    });
  }

  /** For a function whose caller waits: what a queue or a stream brings ends there, and needs no alarm of its own. */
  watchErrors(): this {
    new RunbookAlarm(this, 'Errors', {
      says: `${this.node.id} failed or ran out of time.`,
      runbook: 'function-errors',
      metric: this.lambda.metricErrors({ period: Duration.minutes(5) }),
      threshold: 1,
    });
    return this;
  }

  set(name: EnvName, value: string): this {
    this.lambda.addEnvironment(name, value);
    return this;
  }

  protected allow(actions: string[], ...resources: string[]): this {
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    return this;
  }
}
