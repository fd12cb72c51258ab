import { describe, expect, it } from 'vitest';
import { ENV } from '../../functions/contracts/env.ts';
import { DOMAIN_SOURCE } from '../../functions/contracts/event-names.ts';
import { METRICS } from '../../functions/contracts/metrics.ts';
import {
  PROJECTION_NAMES,
  PROJECTIONS,
  REBUILD_SEGMENTS,
  subscriptionOf,
} from '../../functions/contracts/projections.ts';
import { EVERY_MACHINE } from '../support/infra/grant-table.ts';
import { roleGrants } from '../support/infra/grants.ts';
import { plainName, references } from '../support/infra/references.ts';
import type { Resource } from '../support/infra/synthesized.ts';
import { resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';

/** The name of the construct around a projection's queue: `task-counts` → `TaskCountsProjection`. */
const CONSTRUCTS: Record<string, string> = {
  tasks: 'TasksProjection',
  'task-counts': 'TaskCountsProjection',
  agents: 'AgentsProjection',
  sagas: 'SagasProjection',
};

describe.each(STAGES)('in %s', (stage) => {
  const app = synthesized(stage);
  const read = references(app);

  function only(type: string, beginning: string): Resource {
    const found = resourcesOf(app, type).filter(([id]) => plainName(id) === beginning);
    expect(found, `${type} ${beginning}`).toHaveLength(1);
    return (found[0] as [string, Resource])[1];
  }

  const properties = (type: string, id: string): Resource['Properties'] => only(type, id).Properties;

  it('each projection has its queue and its dead letters, under its own name', () => {
    expect(Object.keys(CONSTRUCTS)).toEqual(PROJECTION_NAMES);
    for (const name of PROJECTION_NAMES) {
      const inbox = properties('AWS::SQS::Queue', `${CONSTRUCTS[name]}InboxQueue`);
      expect(inbox.QueueName).toBe(`maos-${stage}-${subscriptionOf(name)}`);
      expect(plainName(read(inbox.RedrivePolicy.deadLetterTargetArn))).toBe(`${CONSTRUCTS[name]}InboxDeadLettersQueue`);
    }
  });

  it('each hears the types that it follows, of the aggregates that it has rows of, and nothing else', () => {
    for (const name of PROJECTION_NAMES) {
      const { EventPattern, Targets } = properties('AWS::Events::Rule', `${CONSTRUCTS[name]}Rule`);
      const { aggregates, eventTypes } = PROJECTIONS[name];
      expect(EventPattern, name).toEqual({
        source: [DOMAIN_SOURCE],
        'detail-type': eventTypes.map((type) => (type.endsWith('*') ? { prefix: type.slice(0, -1) } : type)),
        detail: { data: { aggregateId: aggregates.map((prefix) => ({ prefix })) } },
      });
      expect(Targets.map(({ Arn }: { Arn: unknown }) => plainName(read(Arn)))).toEqual([
        `${CONSTRUCTS[name]}InboxQueue`,
      ]);
    }
  });

  it('the API sends events to each projection’s own queue again', () => {
    const [id] = Object.entries(app.handlers).find(([, handler]) => handler.includes('projections-api')) ?? [];
    const [, api] = resourcesOf(app, 'AWS::Lambda::Function').find(([key]) => key === id) ?? [];
    const pairs = read(api?.Properties.Environment.Variables[ENV.projectionQueues]).split(',');
    const queues = pairs.map((pair) => pair.split('=') as [string, string]);
    expect(queues.map(([name, queue]) => [name, plainName(queue)])).toEqual(
      PROJECTION_NAMES.map((name) => [name, `${CONSTRUCTS[name]}InboxQueue`]),
    );
  });

  describe('the rebuilding machine', () => {
    const machine = properties('AWS::StepFunctions::StateMachine', 'RebuildMachine');
    const substitutions: Record<string, unknown> = machine.DefinitionSubstitutions;

    it('leaves no placeholder of its definition open, and none unused', () => {
      const placeholders = [...machine.DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
      expect([...new Set(placeholders)].sort()).toEqual(Object.keys(substitutions).sort());
      expect(substitutions.LastSegment).toBe(String(REBUILD_SEGMENTS - 1));
    });

    it('may call its function, and nothing else', () => {
      const fn = read(substitutions.Function);
      expect(app.handlers[fn]).toBe('projections/handlers/rebuild-projection.handler.ts');
      const { grants, forbidden } = roleGrants(app, read(machine.RoleArn));
      expect(grants.toSorted()).toEqual([`lambda:InvokeFunction ${fn}`, ...EVERY_MACHINE].sort());
      expect(forbidden).toEqual([]);
    });

    it('waits longer for its function than the function may run', () => {
      const { Timeout } = properties('AWS::Lambda::Function', 'RebuildProjectionFunction');
      const waits = [...machine.DefinitionString.matchAll(/"TimeoutSeconds": (\d+)/g)].map(([, seconds]) =>
        Number(seconds),
      );
      expect(waits).toHaveLength(4);
      for (const seconds of waits) expect(seconds).toBeGreaterThan(Timeout);
    });

    it('is traced, and its logs tell what it was given', () => {
      expect(machine.TracingConfiguration).toEqual({ Enabled: true });
      expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: true });
    });

    it.each(['Failed', 'Aborted', 'TimedOut'])('rings at its first execution that ended so: %s', (end) => {
      const alarm = properties('AWS::CloudWatch::Alarm', `Rebuild${end}`);
      expect(alarm).toMatchObject({
        Namespace: 'AWS/States',
        MetricName: `Executions${end}`,
        Statistic: 'Sum',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmDescription: expect.stringMatching(/#projection-rebuild-failed$/),
      });
      expect(alarm.Dimensions.map(({ Value }: { Value: unknown }) => plainName(read(Value)))).toEqual([
        'RebuildMachine',
      ]);
    });

    it('bears a name that no saga’s machine can have: nobody takes it for one that is to be compensated', () => {
      const [sagas] = properties('AWS::Events::Rule', 'InterruptedSagaRule').EventPattern.detail.stateMachineArn;
      const prefix = read(sagas.prefix);
      expect(prefix).toMatch(new RegExp(`:stateMachine:maos-${stage}-$`));
      expect(machine.StateMachineName).toBe(`maos-rebuild-${stage}`);
      expect(machine.StateMachineName.startsWith(`maos-${stage}-`)).toBe(false);
    });

    it('when one of its executions is cut off, the keeper hears of it', () => {
      const { EventPattern, EventBusName, Targets } = properties('AWS::Events::Rule', 'CutOff');
      expect(EventBusName).toBeUndefined();
      expect({ ...EventPattern.detail, stateMachineArn: EventPattern.detail.stateMachineArn.map(read) }).toEqual({
        stateMachineArn: [expect.stringMatching(new RegExp(`:stateMachine:${machine.StateMachineName}$`))],
        status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
      });
      expect(EventPattern.source).toEqual(['aws.states']);
      expect(EventPattern['detail-type']).toEqual(['Step Functions Execution Status Change']);
      expect(Targets).toHaveLength(1);
      expect(plainName(read(Targets[0].Arn))).toBe('KeepProjectionsInboxQueue');
      expect(plainName(read(Targets[0].DeadLetterConfig.Arn))).toBe('KeepProjectionsInboxDeadLettersQueue');
    });

    it('is started by the keeper alone, which knows its ARN', () => {
      const starters = resourcesOf(app, 'AWS::Lambda::Function').filter(
        ([, { Properties }]) => Properties.Environment?.Variables[ENV.rebuildMachine] !== undefined,
      );
      expect(starters.map(([id]) => app.handlers[id])).toEqual(['projections/handlers/keep-projections.handler.ts']);
      const arn = read(starters[0]?.[1].Properties.Environment.Variables[ENV.rebuildMachine]);
      expect(arn.endsWith(`:stateMachine:${machine.StateMachineName}`)).toBe(true);
    });
  });

  it('the keeper looks each minute', () => {
    expect(properties('AWS::Events::Rule', 'KeepProjectionsRule').ScheduleExpression).toBe('rate(1 minute)');
  });

  it.each([
    ['Paused', METRICS.paused, 1, 1],
    ['FailedEvents', METRICS.failedEvents, 1, 1],
    ['Behind', METRICS.projectionLag, 300_000, 5],
  ])('an alarm rings on what the projections tell of themselves: %s', (id, metric, threshold, minutes) => {
    expect(properties('AWS::CloudWatch::Alarm', id)).toMatchObject({
      MetricName: metric,
      Dimensions: [{ Name: 'service', Value: stage }],
      Statistic: 'Maximum',
      Period: 60,
      Threshold: threshold,
      EvaluationPeriods: minutes,
    });
  });
});
