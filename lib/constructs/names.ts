import { Aws } from 'aws-cdk-lib';
import type { StageConfig } from '../config/stage.ts';

/** The API's metrics go by this name, and two stages of one account must not meet in it. */
export function apiName(stage: StageConfig): string {
  return `maos-${stage.name}`;
}

/** Every saga's machine bears the stage before its own name, so that all of them can be named in one grant and one rule. */
export function sagaMachineName(stage: StageConfig, id: string): string {
  return `maos-${stage.name}-${id}`;
}

export function sagaMachineArn(stage: StageConfig, id: string): string {
  return `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:${sagaMachineName(stage, id)}`;
}

/** The parameter that holds the API's address: the functions that tell it to others are there before the API. */
export function apiAddressName(stage: StageConfig): string {
  return `/maos-${stage.name}/api-address`;
}

/** Rules of subscriptions are made at run time, on the stage's own bus: `maos-dev-sub_01…`. */
export function subscriptionRules({ name }: StageConfig): { bus: string; prefix: string } {
  return { bus: `maos-${name}`, prefix: `maos-${name}-` };
}

/** `agent-service` → `AgentService` */
export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|[^A-Za-z0-9]+)(\w)/g, (_, first: string) => first.toUpperCase());
}
