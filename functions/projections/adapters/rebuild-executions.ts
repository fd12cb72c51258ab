import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ProjectionName } from '../../contracts/projections.ts';
import type { Rebuild } from '../../shared/kernel/projection-state.ts';

/** The state machine's executions of rebuilds. */
export interface RebuildExecutions {
  /** `missing`: it was never started. */
  status(name: ProjectionName, rebuild: Rebuild): Promise<'running' | 'ended' | 'missing'>;
  /** Starts it once, however often it is asked. */
  start(name: ProjectionName, rebuild: Rebuild): Promise<void>;
}

export function sfnRebuildExecutions(stateMachineArn: string): RebuildExecutions {
  const client = new SFNClient({});
  const executions = stateMachineArn.replace(':stateMachine:', ':execution:');
  return {
    async status(name, rebuild) {
      const executionArn = `${executions}:${executionName(name, rebuild)}`;
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        return status === 'RUNNING' ? 'running' : 'ended';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'missing';
        throw error;
      }
    },
    async start(name, rebuild) {
      const input = JSON.stringify({ projection: name, generation: rebuild.generation });
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name: executionName(name, rebuild), input }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
  };
}

/** `tasks-2-1`: one name a run, so that no run is started twice. */
function executionName(name: ProjectionName, { generation, run }: Rebuild): string {
  return `${name}-${generation}-${run}`;
}
