import { ENV } from '../../contracts/env.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { subscriberPipeline } from '../../shared/platform/subscriber-pipeline.ts';
import { taskMachine } from '../adapters/task-machine.ts';

export const handler = subscriberPipeline(taskMachine(requireEnv(ENV.taskMachine)));
