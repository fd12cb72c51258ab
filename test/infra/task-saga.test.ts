import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import type { Asl } from '../../functions/contracts/sagas/compile-saga.ts';
import { compileSaga } from '../../functions/contracts/sagas/compile-saga.ts';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import { stageConfig } from '../../lib/config/stage.ts';
import { taskSaga } from '../../lib/config/task-saga.ts';
import { SagaMachine } from '../../lib/constructs/saga-machine.ts';
import { EVERY_MACHINE } from '../support/infra/grant-table.ts';
import { roleGrants } from '../support/infra/grants.ts';
import { plainName, references } from '../support/infra/references.ts';
import { resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';

const FILE = join(import.meta.dirname, '..', '..', 'state-machines', 'task.saga.json');
const definition: SagaDefinition = JSON.parse(readFileSync(FILE, 'utf8'));
const LIMITS = { local: 45_000, dev: 600_000, prod: 43_200_000 };

describe.each(STAGES)('the deployed machine of the task saga, in %s', (stage) => {
  const app = synthesized(stage);
  const read = references(app);
  const machine = resourcesOf(app, 'AWS::StepFunctions::StateMachine').find(([id]) => id.startsWith('TaskSaga'));
  const { DefinitionSubstitutions, ...Properties } = machine?.[1].Properties ?? {};
  const functionOf = (token: string): string => read(DefinitionSubstitutions[token]);
  const asl: Asl = JSON.parse(Properties.DefinitionString);

  it('is the compiled definition with the limit of the stage', () => {
    const steps = definition.steps.map((step) => (step.id === 'assign' ? { ...step, timeout: LIMITS[stage] } : step));
    const token = (name: string) => `\${${name}}`;
    const service = (name: string) => token(name === 'agent-service' ? 'AgentService' : 'StorageService');
    expect(asl).toEqual(compileSaga({ ...definition, steps }, { service, close: token('Close') }));
  });

  it('calls the functions that its placeholders name', () => {
    const called = Object.keys(DefinitionSubstitutions).map((token) => [token, app.handlers[functionOf(token)]]);
    expect(Object.fromEntries(called)).toEqual({
      AgentService: 'agents/handlers/agent-service.handler.ts',
      StorageService: 'storage/handlers/storage-service.handler.ts',
      Close: 'sagas/handlers/close-saga.handler.ts',
    });
  });

  it('is begun by the starter with the very definition that it was compiled from', () => {
    const users = resourcesOf(app, 'AWS::Lambda::Function').filter(
      ([, fn]) => fn.Properties.Environment?.Variables.MAOS_TASK_SAGA !== undefined,
    );
    expect(users.map(([id]) => app.handlers[id]).sort()).toEqual([
      'tasks/handlers/start-task-saga.handler.ts',
      'tasks/handlers/tasks-api.handler.ts',
    ]);
    for (const [, fn] of users) {
      expect(JSON.parse(fn.Properties.Environment.Variables.MAOS_TASK_SAGA)).toEqual(taskSaga(stageConfig(stage)));
    }
  });

  it('waits longer for each function than the function may run', () => {
    const resources = Object.fromEntries(resourcesOf(app));
    const tasks = Object.entries(asl.States).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.length).toBeGreaterThan(0);
    for (const [name, state] of tasks) {
      const { FunctionName, Payload } = state.Arguments as { FunctionName: string; Payload: { do?: string } };
      // A step that waits for somebody else leaves its function at once.
      if (Payload.do === 'run' && name !== 'store') continue;
      const { Timeout } = resources[functionOf(FunctionName.slice(2, -1))]?.Properties ?? {};
      expect(state.TimeoutSeconds, name).toBeGreaterThan(Timeout);
    }
  });

  it('bears a name that the rule and the grant of interrupted sagas cover', () => {
    expect(Properties.StateMachineName).toBe(`maos-${stage}-task`);
    const rule = resourcesOf(app, 'AWS::Events::Rule').find(([id]) => id.startsWith('InterruptedSaga'));
    expect(rule?.[1].Properties.EventPattern).toMatchObject({
      source: ['aws.states'],
      detail: {
        stateMachineArn: [{ prefix: expect.anything() }],
        status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
      },
    });
    expect(read(rule?.[1].Properties.EventPattern.detail.stateMachineArn[0].prefix)).toMatch(
      new RegExp(`:stateMachine:maos-${stage}-$`),
    );
  });

  it('logs what happens, and no data of it: task tokens are in there', () => {
    expect(Properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(Properties.LoggingConfiguration.Destinations).toHaveLength(1);
    expect(Properties.TracingConfiguration).toEqual({ Enabled: true });
  });

  it('may invoke exactly its functions; on everything, only what log delivery and X-Ray know no resources for', () => {
    const { grants, forbidden } = roleGrants(app, read(Properties.RoleArn));
    const onAll = grants.filter((grant) => grant.endsWith(' *'));
    const named = grants.filter((grant) => !onAll.includes(grant)).map((grant) => grant.split(' ').map(plainName));
    expect(named.sort()).toEqual([
      ['lambda:InvokeFunction', 'AgentServiceFunction'],
      ['lambda:InvokeFunction', 'CloseSagaFunction'],
      ['lambda:InvokeFunction', 'StorageServiceFunction'],
    ]);
    expect(onAll).toEqual(EVERY_MACHINE);
    expect(forbidden).toEqual([]);
  });
});

describe('the construct', () => {
  const close = {} as never;
  const machine = (services: Record<string, never>) =>
    new SagaMachine(new Stack(new App()), 'Machine', {
      stage: stageConfig('dev'),
      definition,
      services,
      close,
      runbook: 'task-saga',
    });

  it('refuses a step whose service has no function', () => {
    expect(() => machine({ 'agent-service': close })).toThrow(
      'The saga task calls storage-service, but no such function',
    );
  });

  it('refuses a function that no step calls', () => {
    const services = { 'agent-service': close, 'storage-service': close, 'mail-service': close };
    expect(() => machine(services)).toThrow('The saga task does not call mail-service.');
  });
});
