import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DeleteStackCommand, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';
import { waitFor } from '../process/waiting.ts';

export const BOOTSTRAP_STACK = 'CDKToolkit';
/** In these, the next `cdk deploy` asks whether to delete the stack, or fails; and there is nothing in them to lose. */
const WEDGED = [
  'CREATE_FAILED',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_FAILED',
  'DELETE_FAILED',
];
/** A change set that was made and never executed is no work in progress. */
const BUSY = /(?<!REVIEW)_IN_PROGRESS$/;
const SETTLE_LIMIT_MS = 60_000;
const POLL_MS = 250;

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ stackName: z.string().optional(), directoryName: z.string().optional() }).optional(),
    }),
  ),
});

/** The names of all stacks in a synthesized app, those of its nested assemblies (CDK stages) too. */
export function stackNames(assembly: string): string[] {
  const { artifacts } = Manifest.parse(JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8')));
  return Object.entries(artifacts).flatMap(([id, { type, properties }]) => {
    if (type === 'aws:cloudformation:stack') return [properties?.stackName ?? id];
    if (type === 'cdk:cloud-assembly') return stackNames(join(assembly, properties?.directoryName ?? ''));
    return [];
  });
}

/** Stack names with their status, of all stacks that exist in the region of the client. */
export async function stackStatuses(client: CloudFormationClient): Promise<Map<string, string>> {
  const statuses = new Map<string, string>();
  for await (const page of paginateDescribeStacks({ client }, {})) {
    for (const { StackName, StackStatus } of page.Stacks ?? []) {
      if (StackName && StackStatus && StackStatus !== 'DELETE_COMPLETE') statuses.set(StackName, StackStatus);
    }
  }
  return statuses;
}

type Wanted = { client: CloudFormationClient; names: readonly string[]; signal: AbortSignal };

/** Waits until no stack of these is being worked on: a killed `cdk deploy` doesn't stop what it has begun. */
async function settled({ client, names, signal }: Wanted): Promise<Map<string, string>> {
  const look = async () => {
    const statuses = await stackStatuses(client);
    return names.some((name) => BUSY.test(statuses.get(name) ?? '')) ? undefined : statuses;
  };
  const statuses = await waitFor(look, { everyMs: POLL_MS, limitMs: SETTLE_LIMIT_MS, signal });
  if (!statuses) throw new CommandError('A stack stays in progress for a minute: start afresh with npm run down.');
  return statuses;
}

/**
 * Deletes those of the named stacks that a failed or killed deployment left in a state that nothing can be deployed over.
 *
 * @returns the names of the deleted ones
 * @throws CommandError where one can't be deleted
 */
export async function removeWedgedStacks(wanted: Wanted): Promise<string[]> {
  const wedged = (statuses: Map<string, string>) =>
    wanted.names.filter((name) => WEDGED.includes(statuses.get(name) ?? ''));
  const found = wedged(await settled(wanted));
  for (const StackName of found) await wanted.client.send(new DeleteStackCommand({ StackName }));
  const left = found.length === 0 ? [] : wedged(await settled(wanted));
  if (left.length > 0) {
    throw new CommandError(`The failed stack ${left.join(', ')} can't be deleted: start afresh with npm run down.`);
  }
  return found;
}
