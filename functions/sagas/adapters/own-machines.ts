import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../contracts/env.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import type { MachineRegistry } from './machine-registry.ts';
import { dynamoMachineRegistry } from './machine-registry.ts';
import type { SagaMachines } from './saga-machines.ts';
import { sfnSagaMachines } from './saga-machines.ts';

/** The machines of users' sagas, as the function's environment says. */
export function ownMachines(client: DynamoDBDocumentClient): {
  registry: MachineRegistry;
  machines: SagaMachines;
  arnPrefix: string;
} {
  const steps = requireEnv(ENV.httpStepsArn);
  const arnPrefix = requireEnv(ENV.sagaMachines);
  const registry = dynamoMachineRegistry(client, requireEnv(ENV.sagaDefinitionsTable));
  const settings = {
    arnPrefix,
    roleArn: requireEnv(ENV.machineRole),
    logGroupArn: requireEnv(ENV.machineLogs),
    functions: { service: () => steps, close: requireEnv(ENV.closeSagaArn) },
  };
  return { registry, arnPrefix, machines: sfnSagaMachines(settings, registry) };
}
