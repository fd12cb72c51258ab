import { dynamoMachineRegistry } from '../../../functions/sagas/adapters/machine-registry.ts';
import type { MachineSettings } from '../../../functions/sagas/adapters/saga-machines.ts';
import { sfnSagaMachines } from '../../../functions/sagas/adapters/saga-machines.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { memoryDocuments } from '../webhooks/memory-documents.ts';
import { MACHINES } from './memory-step-functions.ts';

export const SETTINGS: MachineSettings = {
  arnPrefix: MACHINES,
  roleArn: 'arn:role',
  logGroupArn: 'arn:logs',
  functions: { service: () => 'arn:steps', close: 'arn:close' },
};

/** The machines of users' sagas on a table in memory, as several environments see them. */
export function userMachines() {
  const { rowsOf } = memoryDocuments({ Definitions: ['kind', 'id'] });
  const registry = dynamoMachineRegistry(dynamoClient(), 'Definitions');
  const environment = (settings: Partial<MachineSettings> = {}) =>
    sfnSagaMachines({ ...SETTINGS, ...settings }, registry);
  return {
    registry,
    environment,
    machines: environment(),
    /** What the registry knows of a machine. */
    row: (shape: string) => [...rowsOf('Definitions').values()].find(({ id }) => id === shape),
  };
}
