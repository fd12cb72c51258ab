import { agentRoutes } from '../../contracts/api/agent.ts';
import { commandRoutes } from '../../contracts/api/command.ts';
import { completionRoutes } from '../../contracts/api/completion.ts';
import { contractRoutes } from '../../contracts/api/contract.ts';
import { deadLetterRoutes } from '../../contracts/api/dead-letter.ts';
import { eventRoutes } from '../../contracts/api/event.ts';
import { gatewayRoutes } from '../../contracts/api/gateway.ts';
import { projectionRoutes } from '../../contracts/api/projection.ts';
import { queryRoutes } from '../../contracts/api/query.ts';
import { requestRoutes } from '../../contracts/api/request.ts';
import { sagaRoutes } from '../../contracts/api/saga.ts';
import { sagaDefinitionRoutes } from '../../contracts/api/saga-definition.ts';
import { serviceRoutes } from '../../contracts/api/service.ts';
import { subscriptionRoutes } from '../../contracts/api/subscription.ts';
import { taskRoutes } from '../../contracts/api/task.ts';
import { webhookRoutes } from '../../contracts/api/webhook.ts';
import { ENV } from '../../contracts/env.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { gatewayEndpoints } from '../adapters/gateway-endpoints.ts';

export const handler = httpPipeline(
  gatewayEndpoints(requireEnv(ENV.stage), [
    ...Object.values(taskRoutes),
    ...Object.values(commandRoutes),
    ...Object.values(agentRoutes),
    ...Object.values(eventRoutes),
    ...Object.values(subscriptionRoutes),
    ...Object.values(requestRoutes),
    ...Object.values(webhookRoutes),
    ...Object.values(sagaRoutes),
    ...Object.values(sagaDefinitionRoutes),
    ...Object.values(completionRoutes),
    ...Object.values(serviceRoutes),
    ...Object.values(contractRoutes),
    ...Object.values(queryRoutes),
    ...Object.values(projectionRoutes),
    ...Object.values(deadLetterRoutes),
    ...Object.values(gatewayRoutes),
  ]),
);
