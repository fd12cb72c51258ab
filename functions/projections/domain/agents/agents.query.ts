import { AgentsParameters } from '../../../contracts/api/query.ts';
import type { AgentRow, WorkRow } from '../../../contracts/views/agent.model.ts';
import type { Counts } from '../../../shared/kernel/projection.ts';
import { rowsQuery } from '../read-model-query.ts';

export const agentsQuery = rowsQuery({
  parameters: AgentsParameters,
  where: (): Partial<AgentRow> => ({}),
  countsOf: ({ id }: AgentRow | WorkRow) => id,
  show: (row, counts) => shown(row as AgentRow, counts),
});

function shown({ kind: _, id: agentId, ...agent }: AgentRow, counts: Counts) {
  const { active = 0, completed = 0, failed = 0 } = counts[agentId] ?? {};
  return { agentId, ...agent, activeTasks: active, completedTasks: completed, failedTasks: failed };
}
