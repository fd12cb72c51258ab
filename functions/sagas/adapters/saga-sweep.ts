import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { executionName } from '../../contracts/sagas/execution-names.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import { firstExecution, sagaExecutions } from '../../shared/platform/sagas/saga-executions.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';
import type { StartedSaga } from '../../shared/platform/sagas/saga-state.ts';
import { interruptedSaga } from './interrupted-saga.ts';
import type { SagaMachines } from './saga-machines.ts';
import { onMachineOf } from './saga-machines.ts';

export interface SweepPorts {
  /** The ids of sagas that have not ended, as far as lists know; those of an hour ago are among them. */
  open(): AsyncIterable<string>;
  sagas: SagaLog;
  machines: SagaMachines;
  /** What the ARNs of all sagas' machines begin with; shapes and built-in definitions follow. */
  arnPrefix: string;
  /** In ms since 1970. */
  now(): number;
}

/** What began or ended within this is still on its way by the events that tell of it. */
const SETTLED_MS = 10 * 60_000;

const logger = newLogger();

/**
 * Finds sagas that nobody drives any more: events of executions that end are delivered on best effort (Step Functions developer guide,
 * "Events"), and an order to start may lie among the dead letters. What was cut off turns back, and what never began begins.
 */
export function sagaSweep(ports: SweepPorts) {
  const standstill = standstillOf(ports);
  const goOn = drive(ports);
  const lookAfter = async (sagaId: string): Promise<void> => {
    const saga = await ports.sagas.find(sagaId);
    const found = saga && (await standstill(sagaId, saga));
    if (found === undefined) return;
    logger.warn('A saga stood still', { sagaId, execution: found.execution?.name, status: found.execution?.status });
    await goOn(found);
  };
  return async (): Promise<void> => {
    let failures = 0;
    for await (const sagaId of ports.open()) {
      // One that cannot be picked up must not keep the sweep from all others.
      await lookAfter(sagaId).catch((error: Error) => {
        failures += 1;
        logger.error('A saga could not be picked up', { sagaId, error });
      });
    }
    if (failures > 0) throw new Error(`${failures} sagas stand still and could not be picked up.`);
  };
}

/** A saga that nobody drives; without an execution, nobody ever did. */
interface Standstill {
  sagaId: string;
  saga: StartedSaga;
  machineArn: string;
  execution: Execution | undefined;
}

function standstillOf(ports: SweepPorts) {
  const newest = newestExecution();
  return async (sagaId: string, saga: StartedSaga): Promise<Standstill | undefined> => {
    if (!isOpen(saga) || !isSettled(ports, Date.parse(saga.runningSince))) return undefined;
    const machineArn = `${ports.arnPrefix}${saga.machine ?? saga.definition.id}`;
    const execution = await newest(machineArn, sagaId, saga.run);
    if (execution !== undefined && !isSettled(ports, execution.endedAt)) return undefined;
    return { sagaId, saga, machineArn, execution };
  };
}

function drive({ sagas, machines }: SweepPorts) {
  const start = sagaExecutions();
  const pickUp = interruptedSaga(sagas);
  return async ({ sagaId, saga, machineArn, execution }: Standstill): Promise<void> => {
    const go = (arn: string) =>
      execution === undefined
        ? start(firstExecution(saga, sagaId, arn))
        : pickUp({ stateMachineArn: arn, ...execution });
    const { machine, definition } = saga;
    await (machine === undefined ? go(machineArn) : onMachineOf(machines, { machine, definition }, go));
  };
}

function isOpen({ status }: StartedSaga): boolean {
  return status === 'running' || status === 'compensating';
}

/** @param since in ms since 1970; `undefined`: still going on */
function isSettled({ now }: Pick<SweepPorts, 'now'>, since: number | undefined): boolean {
  return since !== undefined && now() - since > SETTLED_MS;
}

interface Execution {
  name: string;
  status: string;
  /** In ms since 1970; `undefined` while it runs. */
  endedAt: number | undefined;
}

/** The last execution of a run of a saga, as far as there is one: they are numbered without a gap. */
function newestExecution() {
  const client = new SFNClient({});
  const describe = async (machineArn: string, name: string): Promise<Execution | undefined> => {
    const executionArn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      const { status = '', stopDate } = await client.send(new DescribeExecutionCommand({ executionArn }));
      return { name, status, endedAt: stopDate?.getTime() };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  };
  return async (machineArn: string, sagaId: string, run: number): Promise<Execution | undefined> => {
    let newest: Execution | undefined;
    for (let number = 1; ; number += 1) {
      const next = await describe(machineArn, executionName({ sagaId, run, number }));
      if (next === undefined) return newest;
      newest = next;
    }
  };
}
