import { BUILT_IN_AGENTS } from '../../contracts/agents.ts';
import type { WorkPorts } from './settling.ts';
import { expireSome } from './settling.ts';

/**
 * Ends every lease that has run out, and wakes the agent that does not ask for work by itself. What went wrong is told at the end, and
 * the next sweep meets it again.
 */
export async function sweepLeases(ports: WorkPorts): Promise<void> {
  const looked = new Set<string>();
  const failures: unknown[] = [];
  for (;;) {
    const { leaseIds, errors } = await expireSome(ports, looked);
    failures.push(...errors);
    for (const leaseId of leaseIds) looked.add(leaseId);
    if (leaseIds.length === 0) break;
  }
  await wakeBuiltIn(ports);
  if (failures.length > 0) throw failures[0];
}

/** A call to the built-in agent may have been lost or dead-lettered; what waits for it calls again. */
async function wakeBuiltIn({ state, wake }: WorkPorts): Promise<void> {
  for (const taskType of BUILT_IN_AGENTS.scaffold) {
    const [work] = await state.waiting(taskType, 1);
    if (work !== undefined) await wake(work);
  }
}
