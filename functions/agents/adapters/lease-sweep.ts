import type { WorkPorts } from './settling.ts';
import { expireSome } from './settling.ts';

/** Ends every lease that has run out. What went wrong is told at the end, and the next sweep meets it again. */
export async function sweepLeases(ports: WorkPorts): Promise<void> {
  const looked = new Set<string>();
  const failures: unknown[] = [];
  for (;;) {
    const { leaseIds, errors } = await expireSome(ports, looked);
    failures.push(...errors);
    for (const leaseId of leaseIds) looked.add(leaseId);
    if (leaseIds.length === 0) break;
  }
  if (failures.length > 0) throw failures[0];
}
