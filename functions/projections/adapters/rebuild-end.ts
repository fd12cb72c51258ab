import { fieldsOf } from '../../contracts/messages.ts';
import { REBUILD_SEGMENTS } from '../../contracts/projections.ts';
import type { RebuiltRows } from '../../shared/kernel/projection-state.ts';
import { giveUp, switchOver } from '../domain/projection-changes.ts';
import { sumOf } from '../domain/rebuilt-rows.ts';
import { changeState } from './projection-store.ts';
import type { RebuildPorts, Target } from './rebuild.ts';

type EndPorts = Pick<RebuildPorts, 'store' | 'segments' | 'now'>;

/** Throws where a switch would show readers less than they see now. */
export async function assertComplete({ segments }: EndPorts, { projection, generation }: Target): Promise<void> {
  const filled = (await segments.read(projection, generation)).filter(({ isDone }) => isDone);
  if (filled.length < REBUILD_SEGMENTS)
    throw new Error(`Only ${filled.length} of ${REBUILD_SEGMENTS} segments of the log were read.`);
  const { older } = sumOf(filled.map(({ rows }) => rows));
  if (older > 0) throw new Error(`${older} rows would know less than those that are read now.`);
}

/** One conditional write: from it on, readers see the new rows. Done twice, the second one changes nothing. */
export async function switchToRebuilt(ports: EndPorts, target: Target): Promise<void> {
  await changeState(ports.store, target.projection, switchOver(await endOf(ports, target)));
}

/** Readers keep what they have, and the API tells why. */
export async function giveUpRebuild(ports: EndPorts, target: Target, cause: string): Promise<void> {
  await changeState(ports.store, target.projection, giveUp(await endOf(ports, target), reasonIn(cause)));
}

const MAX_REASON_CHARACTERS = 1000;

/** What Lambda says of an error is a JSON text with its message, and a stack that is nobody's business outside. */
function reasonIn(cause: string): string {
  const { errorMessage = cause } = fieldsOf(cause);
  return String(errorMessage).slice(0, MAX_REASON_CHARACTERS);
}

async function endOf({ segments, now }: EndPorts, { projection, generation }: Target) {
  return { generation, rows: await rowsOf(segments, { projection, generation }), endedAt: now() };
}

async function rowsOf(segments: EndPorts['segments'], { projection, generation }: Target): Promise<RebuiltRows> {
  return sumOf((await segments.read(projection, generation)).map(({ rows }) => rows));
}
