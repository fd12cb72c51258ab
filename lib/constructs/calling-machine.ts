import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import type { AppFunction } from './app-function.ts';

export interface CallingMachineProps {
  stage: StageConfig;
  name: string;
  /** The text of its definition. */
  definition: string;
  substitutions: Record<string, string>;
  /** Those that it may call, and nothing else. */
  functions: readonly AppFunction[];
  /** Whether its log shows what goes into steps and comes out of them. */
  logsData: boolean;
}

/** A traced and logged state machine whose tasks call functions. */
export function callingMachine(scope: Construct, props: CallingMachineProps): StateMachine {
  const { stage, name, definition, substitutions, functions, logsData } = props;
  const machine = new StateMachine(scope, 'Machine', {
    stateMachineName: name,
    definitionBody: DefinitionBody.fromString(definition),
    definitionSubstitutions: substitutions,
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'Logs', { retention: stage.logRetention, removalPolicy: stage.dataRemoval }),
      level: LogLevel.ALL,
      includeExecutionData: logsData,
    },
  });
  const resources = functions.map(({ lambda }) => lambda.functionArn);
  machine.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
  Validations.of(machine.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Log delivery and X-Ray know no resources (Step Functions developer guide, "Logging").',
  });
  return machine;
}
