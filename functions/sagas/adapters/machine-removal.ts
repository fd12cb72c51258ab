import {
  DeleteStateMachineCommand,
  ListExecutionsCommand,
  SFNClient,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { newLogger } from '../../shared/platform/logger.ts';
import type { MachineRegistry } from './machine-registry.ts';

export interface RemovalPorts {
  registry: MachineRegistry;
  /** What the ARNs of all sagas' machines begin with; the shape follows. */
  arnPrefix: string;
  /** In ms since 1970. */
  now(): number;
}

/** Long enough that no saga waits to be started or picked up on it; whoever comes later has it made again. */
const UNUSED_MS = 30 * 24 * 3_600_000;

const logger = newLogger();

/**
 * Removes the machines of users' sagas that nothing was started on for 30 days and nothing runs on. Each is claimed first, so that no saga
 * is started on a machine that goes.
 */
export function machineRemoval({ registry, arnPrefix, now }: RemovalPorts) {
  const client = new SFNClient({});
  const time = (at: number) => new Date(at).toISOString();
  const remove = async ({ shape, lastUsed }: { shape: string; lastUsed: string }): Promise<void> => {
    const stateMachineArn = `${arnPrefix}${shape}`;
    if (await isBusy(client, stateMachineArn)) return registry.letGo(shape, time(now()));
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await registry.forget(shape);
    logger.info('Machine removed', { shape, lastUsed });
  };
  return async (): Promise<void> => {
    for (const machine of await registry.unusedSince(time(now() - UNUSED_MS))) {
      if (!(await registry.claim(machine, time(now())))) continue;
      try {
        await remove(machine);
      } catch (error) {
        // Nothing can be started on a machine that is claimed.
        await registry.letGo(machine.shape);
        throw error;
      }
    }
  };
}

async function isBusy(client: SFNClient, stateMachineArn: string): Promise<boolean> {
  try {
    const running = { stateMachineArn, statusFilter: 'RUNNING' as const, maxResults: 1 };
    const { executions = [] } = await client.send(new ListExecutionsCommand(running));
    return executions.length > 0;
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) return false;
    throw error;
  }
}
