import type { CfnResource, IAspect } from 'aws-cdk-lib';
import { Annotations, Stack } from 'aws-cdk-lib';
import { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { deadLetterQueueName } from '../../functions/contracts/dead-letters.ts';
import { OPEN_DEAD_LETTERS } from '../../functions/contracts/metrics.ts';

/**
 * Refuses a template in which work can be lost without a word: every queue, rule, stream, machine, function and API must end somewhere
 * that somebody sees, with an alarm that leads to the runbook.
 */
export class EveryEdgeEnds implements IAspect {
  visit(node: IConstruct): void {
    for (const lack of lacksOf(node)) Annotations.of(node).addError(`${node.node.path} ${lack}`);
  }
}

function lacksOf(node: IConstruct): string[] {
  if (node instanceof CfnQueue) return lacks(queueEnds(node));
  if (node instanceof CfnRule) return lacks({ 'has a target without dead letters': ruleEnds(node) });
  if (node instanceof CfnEventSourceMapping) return lacks(mappingEnds(node));
  if (node instanceof CfnStateMachine) return lacks(watched(node, ['ExecutionsAborted', 'ExecutionsTimedOut']));
  if (node instanceof CfnFunction && !isConsumer(node)) return lacks(watched(node, ['Errors']));
  if (node instanceof CfnRestApi) return lacks({ 'has no alarm on 5XXError': apiWatched(node) });
  if (node instanceof CfnAlarm) return lacks({ 'names no section of the runbook': leadsOn(node) });
  return [];
}

/** The names of what does not hold. */
function lacks(claims: Record<string, boolean>): string[] {
  return Object.keys(claims).filter((lack) => !claims[lack]);
}

/** A queue has dead letters, or is itself the end, whose every message rings. */
function queueEnds(queue: CfnQueue): Record<string, boolean> {
  const metrics = alarmsOf(queue).map(({ metricName }) => metricName);
  const isEnd = metrics.includes('ApproximateNumberOfMessagesVisible');
  return {
    'has no dead letter queue': queue.redrivePolicy !== undefined || isEnd,
    'has no alarm': metrics.length > 0 || hasLetterAlarm(queue),
  };
}

/** The alarm on a dead letter queue watches its letters where they are kept, by the queue's id. */
function hasLetterAlarm(queue: CfnQueue): boolean {
  const alarms = all(queue, CfnAlarm).filter(({ metricName }) => metricName === OPEN_DEAD_LETTERS);
  const watched = alarms.map((alarm) => {
    const values = new Map(dimensionsOf(alarm).map(({ name, value }) => [name, value]));
    return deadLetterQueueName(values.get('service') ?? '', values.get('queue') ?? '');
  });
  return watched.some((name) => name === queue.queueName);
}

function ruleEnds(rule: CfnRule): boolean {
  const targets = resolved<CfnRule.TargetProperty[] | undefined>(rule, rule.targets) ?? [];
  return targets.length > 0 && targets.every(({ deadLetterConfig }) => deadLetterConfig !== undefined);
}

function mappingEnds(mapping: CfnEventSourceMapping): Record<string, boolean> {
  if (mapping.startingPosition === undefined) return {};
  const lag = all(mapping, CfnAlarm).some((one) => one.metricName === 'IteratorAge' && sameFunction(one, mapping));
  return {
    'has no place for what it gives up': mapping.destinationConfig !== undefined,
    'has no alarm on its lag': lag,
  };
}

function sameFunction(alarm: CfnAlarm, mapping: CfnEventSourceMapping): boolean {
  const [dimension] = dimensionsOf(alarm);
  return JSON.stringify(dimension?.value) === JSON.stringify(resolved(mapping, mapping.functionName));
}

/** What comes by a queue or a stream ends there. */
function isConsumer(fn: CfnFunction): boolean {
  return all(fn, CfnEventSourceMapping).some((one) => refersTo(one.functionName, fn));
}

function watched(resource: CfnResource, metrics: readonly string[]): Record<string, boolean> {
  const names = alarmsOf(resource).map(({ metricName }) => metricName);
  return Object.fromEntries(metrics.map((metric) => [`has no alarm on ${metric}`, names.includes(metric)]));
}

/** API Gateway's metrics go by the API's name. */
function apiWatched(api: CfnRestApi): boolean {
  const alarms = all(api, CfnAlarm).filter(({ metricName }) => metricName === '5XXError');
  return alarms.some((one) => dimensionsOf(one).some(({ value }) => value === api.name));
}

function dimensionsOf(alarm: CfnAlarm): CfnAlarm.DimensionProperty[] {
  return resolved<CfnAlarm.DimensionProperty[] | undefined>(alarm, alarm.dimensions) ?? [];
}

function leadsOn({ alarmDescription }: CfnAlarm): boolean {
  return /docs\/runbook\.md#\S+$/.test(alarmDescription ?? '');
}

function alarmsOf(resource: CfnResource): CfnAlarm[] {
  return all(resource, CfnAlarm).filter((alarm) => refersTo(alarm.dimensions, resource));
}

/** Alarms, mappings and policies stand in the stack of what they are about; only there do references stay names. */
function all<Kind extends CfnResource & IConstruct>(near: IConstruct, kind: new (...args: never[]) => Kind): Kind[] {
  return Stack.of(near)
    .node.findAll()
    .filter((one): one is Kind => one instanceof kind);
}

function refersTo(value: unknown, resource: CfnResource): boolean {
  const id = resolved<string>(resource, resource.logicalId);
  return JSON.stringify(resolved(resource, value) ?? null).includes(`"${id}"`);
}

function resolved<Value>(near: IConstruct, value: unknown): Value {
  return Stack.of(near).resolve(value) as Value;
}
