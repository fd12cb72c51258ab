import { randomInt } from 'node:crypto';
import { DescribeStateMachineCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { SagaDefinitionBody } from '../../functions/contracts/api/saga-definition.ts';
import { ENV } from '../../functions/contracts/env.ts';
import { executionName } from '../../functions/contracts/sagas/execution-names.ts';
import { shapeOf } from '../../functions/contracts/sagas/saga-shape.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { sharedServers } from '../support/cloud/callbacks.ts';
import { cloud, output } from '../support/cloud/cloud.ts';
import { DeployedFunction, TICK } from '../support/cloud/deployed-function.ts';
import { callsOf, endedSaga, operationOf, sagaOf, startSaga } from '../support/cloud/saga-flow.ts';
import { hang, json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const sfn = new SFNClient({});
const DAY_MS = 24 * 3_600_000;
const machineOf = (definition: SagaDefinitionBody) =>
  output('TaskMachineArn').replace(/task$/, () => shapeOf(definition));

describe.concurrent('the machine of a saga', () => {
  it('is removed when nothing was started on it for a month, and made again when it is needed', async () => {
    const booking = await servers.service(json({}));
    // A limit that no other saga has: a shape of its own.
    const definition = sagaOf(booking.name, { flight: { timeout: randomInt(100_000, 1_000_000) } });
    expect(await endedSaga(api, (await startSaga(api, definition)).id)).toMatchObject({ status: 'completed' });
    const sweep = await DeployedFunction.find('SweepSagasFnFunction');
    const row = {
      TableName: await sweep.variable(ENV.sagaDefinitionsTable),
      Key: { kind: 'machine', id: shapeOf(definition) },
    };
    await dynamoClient().send(
      new UpdateCommand({
        ...row,
        UpdateExpression: 'SET lastUsed = :then',
        ExpressionAttributeValues: { ':then': new Date(Date.now() - 31 * DAY_MS).toISOString() },
      }),
    );
    expect(await sweep.call(TICK)).toEqual({ batchItemFailures: [] });
    expect(await dynamoClient().send(new GetCommand(row))).not.toHaveProperty('Item');
    const describing = sfn.send(new DescribeStateMachineCommand({ stateMachineArn: machineOf(definition) }));
    await expect(describing).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    expect(await endedSaga(api, (await startSaga(api, definition)).id)).toMatchObject({ status: 'completed' });
  });

  it('does not take its saga along when its execution is stopped: what was done is undone', async () => {
    const booking = await servers.service((response, request) =>
      (operationOf(request) === 'do-hotel' ? hang : json({}))(response, request),
    );
    const definition = sagaOf(booking.name, { flight: {}, hotel: {} });
    const { id } = await startSaga(api, definition);
    await waitFor(async () => booking.requests[1], { everyMs: 100, limitMs: 60_000 });
    const machine = machineOf(definition).replace(':stateMachine:', ':execution:');
    const executionArn = `${machine}:${executionName({ sagaId: id, run: 1, number: 1 })}`;
    await sfn.send(new StopExecutionCommand({ executionArn }));
    expect(await endedSaga(api, id)).toMatchObject({
      ...{ status: 'failed', error: { code: 'INTERNAL_ERROR' } },
      compensations: [{ stepId: 'flight', status: 'completed' }],
    });
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel', 'undo-flight']);
  });
});
