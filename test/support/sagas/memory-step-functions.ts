import type {
  CreateStateMachineInput,
  DeleteStateMachineInput,
  DescribeExecutionInput,
  ListExecutionsInput,
  StartExecutionInput,
  UpdateStateMachineInput,
} from '@aws-sdk/client-sfn';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';

/** What the ARNs of machines begin with, as stages name them. */
export const MACHINES = 'arn:aws:states:eu-west-1:123456789012:stateMachine:maos-test-';

interface Execution {
  stateMachineArn: string;
  status: string;
  input: unknown;
  stopDate?: Date;
}

const $metadata = {};

/** Step Functions behind every client of the test file, empty before each test. Executions stand still: a test says how they end. */
export function memoryStepFunctions() {
  const mock = mocked();
  const machines = new Map<string, object>();
  const executions = new Map<string, Execution>();
  beforeEach(() => {
    mock.reset();
    machines.clear();
    executions.clear();
    serveMachines(mock, machines);
    serveExecutions(mock, machines, executions);
  });
  return {
    mock,
    /** By their ARNs. */
    machines,
    /** By their names, in the order of their starts. */
    executions,
    end: (name: string, stopDate: Date, status = 'ABORTED') =>
      void executions.set(name, { ...(executions.get(name) as Execution), status, stopDate }),
  };
}

const mocked = () => mockClient(SFNClient);
type Mock = ReturnType<typeof mocked>;

/** Like Step Functions, it takes a machine for the same one whatever its role (API reference, "CreateStateMachine"). */
function serveMachines(mock: Mock, machines: Map<string, object>): void {
  mock.on(CreateStateMachineCommand).callsFake(async ({ name, type: _, ...machine }: CreateStateMachineInput) => {
    const stateMachineArn = MACHINES.replace(/[^:]*$/, name ?? '');
    const there = machines.get(stateMachineArn);
    if (there !== undefined && withoutRole(there) !== withoutRole(machine))
      throw new StateMachineAlreadyExists({ message: 'there', $metadata });
    if (there === undefined) machines.set(stateMachineArn, machine);
    return { stateMachineArn };
  });
  mock.on(UpdateStateMachineCommand).callsFake(async ({ stateMachineArn, ...machine }: UpdateStateMachineInput) => {
    machines.set(assertThere(machines, stateMachineArn), machine);
    return {};
  });
  mock.on(DeleteStateMachineCommand).callsFake(async ({ stateMachineArn = '' }: DeleteStateMachineInput) => {
    machines.delete(stateMachineArn);
    return {};
  });
}

function withoutRole(machine: object): string {
  return JSON.stringify({ ...machine, roleArn: '' });
}

/** Like Step Functions, it takes the start of an execution that runs for the same one where its input is. */
function serveExecutions(mock: Mock, machines: Map<string, object>, executions: Map<string, Execution>): void {
  const nameIn = (executionArn: string) => executionArn.slice(executionArn.lastIndexOf(':') + 1);
  mock.on(StartExecutionCommand).callsFake(async ({ name = '', input = '', ...of }: StartExecutionInput) => {
    const stateMachineArn = assertThere(machines, of.stateMachineArn);
    const there = executions.get(name);
    const isSame = there?.status === 'RUNNING' && JSON.stringify(there.input) === input;
    if (there !== undefined && !isSame) throw new ExecutionAlreadyExists({ message: 'there', $metadata });
    if (there === undefined) executions.set(name, { stateMachineArn, status: 'RUNNING', input: JSON.parse(input) });
    return {};
  });
  mock.on(DescribeExecutionCommand).callsFake(async ({ executionArn = '' }: DescribeExecutionInput) => {
    const found = executions.get(nameIn(executionArn));
    if (found === undefined || !executionArn.includes(':execution:'))
      throw new ExecutionDoesNotExist({ message: 'none', $metadata });
    return found;
  });
  mock
    .on(ListExecutionsCommand)
    .callsFake(async ({ stateMachineArn, statusFilter, maxResults }: ListExecutionsInput) => {
      assertThere(machines, stateMachineArn);
      const found = [...executions].filter(
        ([, one]) => one.stateMachineArn === stateMachineArn && one.status === statusFilter,
      );
      return { executions: found.slice(0, maxResults).map(([name]) => ({ name })) };
    });
}

function assertThere(machines: Map<string, object>, stateMachineArn = ''): string {
  if (!machines.has(stateMachineArn)) throw new StateMachineDoesNotExist({ message: 'none', $metadata });
  return stateMachineArn;
}
