import { hash } from 'node:crypto';
import {
  CreateStateMachineCommand,
  SFNClient,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import type { SagaFunctions } from '../../contracts/sagas/compile-saga.ts';
import { compileSaga } from '../../contracts/sagas/compile-saga.ts';
import type { SagaDefinition } from '../../contracts/sagas/saga-definition.ts';
import type { MachineRegistry } from './machine-registry.ts';

/** The machines of sagas that users define, made when they are first needed. */
export interface SagaMachines {
  /** Answers the ARN of the machine of this shape, once there is one. */
  ready(shape: string, definition: SagaDefinition): Promise<string>;
  /** Somebody else has removed the machine: the next one to need it makes it anew. */
  lost(shape: string): Promise<void>;
}

export interface MachineSettings {
  /** What the ARNs of all sagas' machines begin with; the shape follows. */
  arnPrefix: string;
  /** The one role of all of these machines. */
  roleArn: string;
  logGroupArn: string;
  functions: SagaFunctions;
}

/** A machine that was used within this is not noted again: nothing is removed that was used within weeks. */
const NOTED_MS = 24 * 3_600_000;

/**
 * Makes machines with Step Functions. Two that make one at once make the same; one that an earlier deployment has made may call functions
 * that are no more, so it is brought up to date: executions that run go on with what they began with.
 */
export function sfnSagaMachines(settings: MachineSettings, registry: MachineRegistry): SagaMachines {
  const client = new SFNClient({});
  const noted = new Map<string, number>();
  return {
    async ready(shape, definition) {
      const stateMachineArn = `${settings.arnPrefix}${shape}`;
      const now = Date.now();
      if (now - (noted.get(shape) ?? 0) < NOTED_MS) return stateMachineArn;
      const used = await registry.use(shape, new Date(now).toISOString());
      if (used === 'removing') throw new Error(`The machine ${shape} is being removed; it is made again after that.`);
      const wanted = machineOf(settings, definition);
      const madeFrom = hash('sha256', JSON.stringify(wanted));
      if (used.madeFrom !== madeFrom) {
        await make(client, stateMachineArn, wanted, used.madeFrom !== undefined);
        await registry.made(shape, madeFrom);
      }
      noted.set(shape, now);
      return stateMachineArn;
    },
    async lost(shape) {
      noted.delete(shape);
      await registry.lost(shape);
    },
  };
}

type Machine = ReturnType<typeof machineOf>;

function machineOf({ functions, roleArn, logGroupArn }: MachineSettings, definition: SagaDefinition) {
  return {
    definition: JSON.stringify(compileSaga(definition, functions)),
    roleArn,
    tracingConfiguration: { enabled: true },
    // Without execution data: it holds the tokens of tasks.
    loggingConfiguration: {
      level: 'ALL' as const,
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
    },
  };
}

/**
 * Step Functions takes a second creation for the first one come again, also where its role is another (API reference,
 * CreateStateMachine): what is known to be there is updated.
 */
async function make(client: SFNClient, stateMachineArn: string, wanted: Machine, isKnown: boolean): Promise<void> {
  if (isKnown && (await updated(client, stateMachineArn, wanted))) return;
  const name = stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1);
  try {
    await client.send(new CreateStateMachineCommand({ ...wanted, name, type: 'STANDARD' }));
  } catch (error) {
    if (!(error instanceof StateMachineAlreadyExists)) throw error;
    await updated(client, stateMachineArn, wanted);
  }
}

/** `false`: there is no such machine. */
async function updated(client: SFNClient, stateMachineArn: string, wanted: Machine): Promise<boolean> {
  try {
    await client.send(new UpdateStateMachineCommand({ ...wanted, stateMachineArn }));
    return true;
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) return false;
    throw error;
  }
}

/** Has something done with the machine of a saga. One that somebody else has removed is made anew when the same is wanted again. */
export async function onMachineOf(
  machines: SagaMachines,
  { machine, definition }: { machine: string; definition: SagaDefinition },
  act: (machineArn: string) => Promise<void>,
): Promise<void> {
  const machineArn = await machines.ready(machine, definition);
  try {
    await act(machineArn);
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) await machines.lost(machine);
    throw error;
  }
}
