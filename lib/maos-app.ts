import type { AppProps } from 'aws-cdk-lib';
import { App, Aspects, Validations } from 'aws-cdk-lib';
import { EveryEdgeEnds } from './aspects/every-edge-ends.ts';
import { RingAlarms } from './aspects/ring-alarms.ts';
import { stageConfig } from './config/stage.ts';
import { NagChecks } from './nag.ts';
import { AgentsStack } from './stacks/agents-stack.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { DeadLettersStack } from './stacks/dead-letters-stack.ts';
import { EventsStack } from './stacks/events-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { ProjectionsStack } from './stacks/projections-stack.ts';
import { RequestsStack } from './stacks/requests-stack.ts';
import { SagasStack } from './stacks/sagas-stack.ts';
import { ServicesStack } from './stacks/services-stack.ts';
import { SubscriptionsStack } from './stacks/subscriptions-stack.ts';
import { TasksStack } from './stacks/tasks-stack.ts';
import { UserSagasStack } from './stacks/user-sagas-stack.ts';
import { WebhooksStack } from './stacks/webhooks-stack.ts';

/** The whole product for one stage (`-c stage=…`, `dev` where none is named), checked by cdk-nag at each synth. */
export function maosApp(props: AppProps = {}): App {
  const app = new App(props);
  const stage = stageConfig(app.node.tryGetContext('stage') ?? 'dev');
  const data = new DataStack(app, 'Data', stage);
  const events = new EventsStack(app, 'Events', stage, data);
  const agents = new AgentsStack(app, 'Agents', stage, data);
  const sagas = new SagasStack(app, 'Sagas', stage, data);
  const userSagas = new UserSagasStack(app, 'UserSagas', stage, { data, close: sagas.close });
  const webhooks = new WebhooksStack(app, 'Webhooks', stage, data);
  const subscriptions = new SubscriptionsStack(app, 'Subscriptions', stage, { data, kicks: webhooks.queue });
  const requests = new RequestsStack(app, 'Requests', stage, { data, kicks: webhooks.queue });
  const tasks = new TasksStack(app, 'Tasks', stage, { data, agents, sagas, kicks: webhooks.queue });
  const builtIn = { agent: agents.service, storage: tasks.storage };
  const services = new ServicesStack(app, 'Services', stage, { data, builtIn });
  const projections = new ProjectionsStack(app, 'Projections', stage, data);
  const deadLetters = new DeadLettersStack(app, 'DeadLetters', stage, data);
  const features = {
    tasks: { fn: tasks.api },
    commands: { fn: tasks.api },
    agents: { fn: agents.api },
    leases: { fn: agents.api },
    events: { fn: events.api },
    subscriptions: { fn: subscriptions.api },
    requests: { fn: requests.api },
    'webhook-secret': { fn: webhooks.api },
    completions: {
      fn: userSagas.completions,
      openBecause: 'The token in the address is the key, and opens one step once.',
    },
    sagas: { fn: userSagas.api },
    'saga-definitions': { fn: userSagas.api },
    services: { fn: services.api, ofEach: { contract: services.contracts } },
    queries: { fn: projections.api },
    projections: { fn: projections.api },
    'dead-letters': { fn: deadLetters.api },
  };
  new ApiStack(app, 'Api', stage, { data, features });
  new OperationsStack(app, 'Operations', stage);
  Aspects.of(app).add(new RingAlarms(data.alarmTopic));
  Aspects.of(app).add(new EveryEdgeEnds());
  Validations.of(app).addPlugins(new NagChecks(app));
  return app;
}
