import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { executionName } from '../../contracts/sagas/execution-names.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import { firstExecution, machineArnOf, sagaExecutions } from '../../shared/platform/sagas/saga-executions.ts';
import type { StartedSaga } from '../../shared/platform/sagas/saga-state.ts';
import { isOver, lastBegun } from '../../shared/platform/sagas/saga-state.ts';
import type { StepPorts } from '../../shared/platform/sagas/step-completions.ts';
import { wakeMachine } from '../../shared/platform/sagas/step-completions.ts';
import { interruptedSaga } from './interrupted-saga.ts';
import type { SagaMachines } from './saga-machines.ts';
import { onMachineOf } from './saga-machines.ts';

export interface SweepPorts extends StepPorts {
  /** The ids of sagas that have not ended, as far as lists know; those of an hour ago are among them. */
  open(): AsyncIterable<string>;
  machines: SagaMachines;
  /** What the ARNs of all sagas' machines begin with; shapes and built-in definitions follow. */
  arnPrefix: string;
  /** In ms since 1970. */
  now(): number;
}

/** What began or ended within this is still on its way by the events that tell of it. */
const SETTLED_MS = 10 * 60_000;

/** Of a sweep; its function has some minutes more. */
const LONGEST_MS = 8 * 60_000;

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
    if (saga === undefined || isOver(saga) || !isSettled(ports, Date.parse(saga.runningSince))) return;
    const found = await standstill(sagaId, saga);
    if (found === 'driven') return wakeBehind(ports, sagaId, saga);
    logger.warn('A saga stood still', { sagaId, execution: found.execution?.name, status: found.execution?.status });
    await goOn(found);
  };
  // One that cannot be picked up must not keep the sweep from all others.
  const isLookedAfter = (sagaId: string): Promise<boolean> =>
    lookAfter(sagaId).then(
      () => true,
      (error: Error) => {
        logger.error('A saga could not be picked up', { sagaId, error });
        return false;
      },
    );
  return async (): Promise<void> => {
    const ids = await idsOf(ports.open());
    const end = ports.now() + LONGEST_MS;
    const seen: boolean[] = [];
    for (const sagaId of shuffled(ids)) {
      if (ports.now() >= end) break;
      seen.push(await isLookedAfter(sagaId));
    }
    const left = ids.length - seen.length;
    if (left > 0) logger.warn('Sagas are left for the next sweep', { left });
    const failures = seen.filter((isWell) => !isWell).length;
    if (failures > 0) throw new Error(`${failures} sagas stand still and could not be picked up.`);
  };
}

async function idsOf(open: AsyncIterable<string>): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of open) ids.push(id);
  return ids;
}

/** Where there are more than a sweep can look at, each has its chance in each. */
function shuffled(ids: string[]): string[] {
  return ids
    .map((id) => ({ id, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ id }) => id);
}

/** Who brought a step's outcome may have died before he told the machine, which would wait for the step's own limit. */
async function wakeBehind(ports: SweepPorts, sagaId: string, saga: StartedSaga): Promise<void> {
  const stepId = lastBegun(saga);
  if (stepId !== undefined) await wakeMachine(ports, { sagaId, stepId, run: saga.run }, saga);
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
  return async (sagaId: string, saga: StartedSaga): Promise<Standstill | 'driven'> => {
    const machineArn = machineArnOf(ports.arnPrefix, saga);
    const execution = await newest(machineArn, sagaId, saga.run);
    if (execution !== undefined && !isSettled(ports, execution.endedAt)) return 'driven';
    return { sagaId, saga, machineArn, execution };
  };
}

function drive({ sagas, machines }: SweepPorts) {
  const start = sagaExecutions();
  const pickUp = interruptedSaga(sagas);
  return async ({ sagaId, saga, machineArn, execution }: Standstill): Promise<void> => {
    // On its way back, and its execution not to be found any more: the next one is the first that there is.
    const lost = { name: executionName({ sagaId, run: saga.run, number: 0 }), status: 'ABORTED' };
    const before = execution ?? (isTurning(saga) ? lost : undefined);
    const go = (arn: string) =>
      before === undefined ? start(firstExecution(saga, sagaId, arn)) : pickUp({ stateMachineArn: arn, ...before });
    const { machine, definition } = saga;
    await (machine === undefined ? go(machineArn) : onMachineOf(machines, { machine, definition }, go));
  };
}

/** Any other saga begins again where it can go on: what is done stays so, also what an earlier run has done. */
function isTurning(saga: StartedSaga): boolean {
  return saga.status === 'compensating' || saga.cancelReason !== null;
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
      // Behind one that runs there is none.
      if (next.endedAt === undefined) return next;
      newest = next;
    }
  };
}
