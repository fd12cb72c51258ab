import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { gap, noGaps } from '../support/cloud/emulator-gap.ts';
import { messagesIn, smallMachine, smallQueue } from '../support/cloud/small-cloud.ts';
import { smallLambda, smallRole } from '../support/cloud/small-lambda.ts';
import { smallUser } from '../support/cloud/small-user.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';

const AWS_DOCS = 'https://docs.aws.amazon.com';
const GUIDE = `${AWS_DOCS}/step-functions/latest/dg`;

const sfn = new SFNClient({});
const things = new ThrowAway('gap-machines');
let roleArn: string;
let failingArn: string;
let queueUrl: string;

beforeAll(async () => {
  if (noGaps !== undefined) return;
  roleArn = await smallRole(things);
  const queue = await smallQueue(things, 'tokens');
  queueUrl = queue.url;
  const variables = { WITNESS_QUEUE: queueUrl };
  failingArn = await smallLambda(things, { file: 'test/support/cloud/witness.ts', roleArn, variables });
});
afterAll(() => things[Symbol.asyncDispose]());

const withStates = (States: Record<string, object>) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(States)[0],
  States,
});
/** Sends its token to a queue that nobody reads here, and waits. */
const waiting = (MessageBody: string, more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Arguments: { QueueUrl: queueUrl, MessageBody },
  End: true,
  ...more,
});
/** Calls the Lambda that throws an error of the name NoSeat. */
const failing = (resource: string, more: object) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${resource}`,
  Arguments: { FunctionName: failingArn, Payload: { error: 'NoSeat' } },
  Catch: [{ ErrorEquals: ['NoSeat'], Next: 'caught' }],
  End: true,
  ...more,
});
const caught = { Type: 'Pass', End: true };

function madeMachine(own: ThrowAway, definition: object): Promise<string> {
  return smallMachine(own, { name: own.name, definition, roleArn });
}

async function started(stateMachineArn: string, name?: string): Promise<string> {
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ given: 'in' }) }),
  );
  return executionArn;
}

async function endOf(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  const look = async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  };
  const ended = await waitFor(look, { everyMs: 500, limitMs: 40_000 });
  if (ended === undefined) throw new Error('The execution still runs after 40 s.');
  return ended;
}

async function played(definition: object): Promise<DescribeExecutionCommandOutput> {
  await using own = new ThrowAway('gap-machine');
  return await endOf(await started(await madeMachine(own, definition)));
}

describe('machines on the pinned emulator', () => {
  gap(
    'a second start under the name of a running execution is refused',
    {
      aws: 'it answers as the first one did, where the input is the same',
      doc: `${AWS_DOCS}/step-functions/latest/apireference/API_StartExecution.html`,
    },
    async () => {
      await using own = new ThrowAway('gap-start');
      const machine = await madeMachine(own, withStates({ rest: { Type: 'Wait', Seconds: 2, End: true } }));
      const first = await started(machine, 'once');
      await expect(started(machine, 'once')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
      expect(await endOf(first)).toMatchObject({ status: 'SUCCEEDED' });
    },
  );

  gap(
    'Output of Succeed is ignored',
    { aws: 'it is the output of the execution', doc: `${GUIDE}/state-succeed.html` },
    async () => {
      const { output } = await played(withStates({ done: { Type: 'Succeed', Output: { told: 'at the end' } } }));
      expect(JSON.parse(output ?? '')).toEqual({ given: 'in' });
    },
  );

  gap(
    'a task without a heartbeat waits for its whole timeout',
    { aws: 'it ends with States.HeartbeatTimeout after HeartbeatSeconds', doc: `${GUIDE}/state-task.html` },
    async () => {
      const limits = { HeartbeatSeconds: 1, TimeoutSeconds: 3 };
      const { status, error, startDate, stopDate } = await played(withStates({ wait: waiting('-', limits) }));
      expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Timeout' });
      expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(3000);
    },
  );

  gap(
    'the TimeoutSeconds of a machine end nothing',
    { aws: 'the execution ends as TIMED_OUT', doc: `${GUIDE}/statemachine-structure.html` },
    async () => {
      const slow = withStates({ rest: { Type: 'Wait', Seconds: 3, End: true } });
      expect(await played({ ...slow, TimeoutSeconds: 1 })).toMatchObject({ status: 'SUCCEEDED' });
    },
  );

  gap(
    'a TimeoutSeconds in JSONata fails the execution, past every Catch',
    { aws: 'the expression is the timeout, and can be caught', doc: `${GUIDE}/state-task.html` },
    async () => {
      const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'caught' }];
      const wait = waiting('-', { TimeoutSeconds: '{% 1 %}', Catch });
      expect(await played(withStates({ wait, caught }))).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    },
  );

  gap(
    'the error of a failed Lambda is always named Runtime.HandlerError',
    { aws: 'it has the name of what the Lambda threw', doc: `${GUIDE}/concepts-error-handling.html` },
    async () => {
      const { error, cause } = await played(withStates({ call: failing('lambda:invoke', {}), caught }));
      expect(error).toBe('Runtime.HandlerError');
      expect(cause).toContain('None is left.');
    },
  );

  gap(
    'a Lambda that throws before it answers its token lets the task wait for its whole timeout',
    { aws: 'the task fails at once with its error', doc: `${GUIDE}/connect-to-resource.html` },
    async () => {
      const call = failing('lambda:invoke.waitForTaskToken', { TimeoutSeconds: 3 });
      const { error, startDate, stopDate } = await played(withStates({ call, caught }));
      expect(error).toBe('States.Timeout');
      expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(3000);
    },
  );

  gap(
    'the grant to answer a task must be on every resource, as the reference of AWS has it',
    {
      aws: "a grant on the machine is enough, as the CDK's maintainers tried",
      doc: 'https://github.com/aws/aws-cdk/pull/8486',
    },
    async () => {
      await using own = new ThrowAway('gap-grant');
      const { credentials, may } = await smallUser(own);
      const tokens = await smallQueue(own, 'tokens');
      const wait = waiting('{% $states.context.Task.Token %}', { TimeoutSeconds: 20 });
      const toOwn = { ...wait, Arguments: { ...wait.Arguments, QueueUrl: tokens.url } };
      const machine = await madeMachine(own, withStates({ wait: toOwn }));
      const execution = await started(machine);
      const look = async () => (await messagesIn(tokens))[0];
      const taskToken = await waitFor(look, { everyMs: 500, limitMs: 10_000 });
      const answered = () =>
        new SFNClient({ credentials }).send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
      await may('states:SendTaskSuccess', machine);
      await expect(answered()).rejects.toMatchObject({ name: expect.stringMatching(/AccessDenied/) });
      await may('states:SendTaskSuccess', '*');
      await answered();
      expect(await endOf(execution)).toMatchObject({ status: 'SUCCEEDED' });
    },
  );
});
