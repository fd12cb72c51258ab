import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { cloud } from './cloud.ts';
import { pinnedVersion } from './pinned-emulator.ts';
import { smallUser } from './small-user.ts';
import { ThrowAway } from './throw-away.ts';

const Health = z.object({ version: z.string(), auth: z.string() });

/** What MiniStack says of itself; undefined where something else answers. */
async function miniStack(): Promise<z.infer<typeof Health> | undefined> {
  try {
    const response = await fetch(`${cloud.endpointUrl}/_ministack/health`, { signal: AbortSignal.timeout(10_000) });
    return Health.parse(await response.json());
  } catch {
    return undefined;
  }
}

/**
 * Why tests of the pinned emulator mean nothing at this endpoint; undefined where it is that one. One that the runner
 * started itself is the pinned one, whatever it says: an upgrade must not be able to skip these tests.
 */
export async function notThePinnedEmulator(): Promise<string | undefined> {
  if (cloud.pid !== null) return undefined;
  const found = await miniStack();
  const pinned = pinnedVersion();
  if (found === undefined) return `the endpoint is not MiniStack ${pinned}`;
  if (found.version !== pinned) return `the endpoint is MiniStack ${found.version}, not the pinned ${pinned}`;
  return found.auth === 'enabled' ? undefined : 'the endpoint enforces no IAM';
}

/** Why tests of grants mean nothing at this endpoint; undefined where a user without any is refused. */
export async function noIam(): Promise<string | undefined> {
  await using things = new ThrowAway('no-grants');
  const { credentials } = await smallUser(things);
  try {
    await new DynamoDBClient({ credentials }).send(new ListTablesCommand({}));
  } catch (error) {
    if (error instanceof Error && /AccessDenied/.test(error.name)) return undefined;
    throw error;
  }
  return 'the endpoint enforces no IAM';
}
