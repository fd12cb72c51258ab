import { describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { commandHandler } from '../../../functions/shared/platform/log/command-handler.ts';
import { dynamoEventLog } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import { dynamoDeliveryStore } from '../../../functions/shared/platform/webhooks/dynamo-delivery-store.ts';
import { taskAggregate } from '../../../functions/tasks/adapters/task-aggregate.ts';
import { dynamoToldLog } from '../../../functions/tasks/adapters/told-log.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { taskCommand } from '../../support/tasks/task-samples.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

const logs = captureLogLines();
const { rowsOf } = memoryDocuments({ Log: ['aggregateId', 'version'], Webhooks: ['stream', 'part'] });
const client = dynamoClient();
const log = dynamoEventLog(client, 'Log');
const deliveries = dynamoDeliveryStore({ client, table: 'Webhooks' });
const toldLog = dynamoToldLog({ client, eventLog: 'Log', log, deliveries });

const streamTo = (stream: string, url = 'https://receiver.example') => ({
  stream,
  url,
  owner: 'key_1',
  correlationId: 'corr_1',
});
const creating = (aggregateId: string, id: string) => taskCommand('CreateTask', { aggregateId, id });

describe('a task that is told', () => {
  it('is there with its stream, and the line of its commit is written', async () => {
    const { result } = await commandHandler(taskAggregate, toldLog(streamTo('task_1')))(creating('task_1', 'cmd_1'));
    expect(result).toEqual({ success: true, aggregateId: 'task_1', version: 1, events: ['TaskCreated'] });
    expect((await log.load('task_1')).commits).toMatchObject([{ commitId: 'cmd_1', version: 1 }]);
    expect(await deliveries.load('task_1')).toMatchObject({ stream: streamTo('task_1') });
    expect(logs.lines()).toMatchObject([{ message: 'Committed', commitId: 'cmd_1' }]);
  });

  it('meets itself when it comes again', async () => {
    const handle = commandHandler(taskAggregate, toldLog(streamTo('task_2')));
    const first = await handle(creating('task_2', 'cmd_2'));
    expect((await handle(creating('task_2', 'cmd_2'))).result).toEqual(first.result);
  });

  it('opens no stream where the task is somebody else’s, also where that was quicker by a moment', async () => {
    const stream = await log.load('task_3');
    await commandHandler(taskAggregate, log)(creating('task_3', 'cmd_3'));
    const late = { ...toldLog(streamTo('task_3', 'https://curious.example')), load: async () => stream };
    const commit = { commitId: 'cmd_4', committedAt: '2026-08-19T10:11:12.345Z', events: [{ type: 'Any', data: {} }] };
    const metadata = { correlationId: 'corr_1', traceId: '1-5759e988-bd862e3fe1be46a994272793' };
    expect(await late.append(stream, { ...commit, metadata })).toBe('conflict');
    expect([...rowsOf('Webhooks').values()].filter((row) => row.stream === 'task_3')).toEqual([]);
    expect((await log.load('task_3')).version).toBe(1);
  });
});
