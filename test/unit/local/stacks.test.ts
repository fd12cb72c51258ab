import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import { removeWedgedStacks, stackNames } from '../../../local/cloud/stacks.ts';

const cloud = mockClient(CloudFormationClient);
afterEach(() => cloud.reset());

/** Each call of DescribeStacks sees the next of these, `name: status`; the last one stays. */
function cloudWith(...rounds: Record<string, string>[]): void {
  const answers = rounds.map((statuses) => ({
    Stacks: Object.entries(statuses).map(([StackName, StackStatus]) => ({
      StackName,
      StackStatus: StackStatus as 'CREATE_COMPLETE',
      CreationTime: new Date(0),
    })),
  }));
  const last = answers.pop() ?? { Stacks: [] };
  const stub = cloud.on(DescribeStacksCommand);
  for (const answer of answers) stub.resolvesOnce(answer);
  stub.resolves(last);
}

const remove = () =>
  removeWedgedStacks({ client: new CloudFormationClient({}), names: ['a', 'b'], signal: new AbortController().signal });
const deleted = () => cloud.commandCalls(DeleteStackCommand).map((call) => call.args[0].input.StackName);

describe('removing wedged stacks', () => {
  it.each(['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED'])(
    'deletes one that is %s, and no other',
    async (status) => {
      cloudWith({ a: status, b: 'CREATE_COMPLETE', foreign: status }, { b: 'CREATE_COMPLETE', foreign: status });
      expect(await remove()).toEqual(['a']);
      expect(deleted()).toEqual(['a']);
    },
  );

  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'REVIEW_IN_PROGRESS'])(
    'leaves one that is %s',
    async (status) => {
      cloudWith({ a: status });
      expect(await remove()).toEqual([]);
      expect(deleted()).toEqual([]);
    },
  );

  it('waits for what a killed deployment has begun', async () => {
    cloudWith({ a: 'CREATE_IN_PROGRESS' }, { a: 'ROLLBACK_IN_PROGRESS' }, { a: 'ROLLBACK_COMPLETE' }, {});
    expect(await remove()).toEqual(['a']);
  });

  it('says which one it could not delete', async () => {
    cloudWith({ a: 'ROLLBACK_COMPLETE' }, { a: 'DELETE_FAILED' });
    await expect(remove()).rejects.toThrow(/failed stack a can't be deleted/);
  });
});

describe('the stacks of a synthesized app', () => {
  it('are found in nested assemblies too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'maos-assembly-'));
    const stack = (stackName?: string) => ({ type: 'aws:cloudformation:stack', properties: { stackName } });
    const manifest = (inner: string, artifacts: object) => {
      mkdirSync(join(folder, inner), { recursive: true });
      writeFileSync(join(folder, inner, 'manifest.json'), JSON.stringify({ artifacts }));
    };
    manifest('', {
      One: stack(),
      'One.assets': { type: 'cdk:asset-manifest', properties: { file: 'x' } },
      Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'stage' } },
    });
    manifest('stage', { Two: stack('Named-Two') });
    expect(stackNames(folder)).toEqual(['One', 'Named-Two']);
    rmSync(folder, { recursive: true });
  });
});
