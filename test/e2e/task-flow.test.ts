import { beforeAll, describe, expect, it } from 'vitest';
import { keyIdOf } from '../../functions/contracts/api-key.ts';
import { ApiClient, ISO_TIME } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { GENERATE_API, newCorrelationId, taskFlow } from '../support/cloud/task-flow.ts';

const correlationId = newCorrelationId();

describe('a code generation task, from its submission to its files', () => {
  let flow: Awaited<ReturnType<typeof taskFlow>>;
  beforeAll(async () => {
    flow = await taskFlow(new ApiClient(cloud.apiKey), correlationId);
  });

  it('is answered with every field of the task, pending and without an agent', () => {
    const { taskId, createdAt } = flow.created;
    expect(taskId).toMatch(/^task_[0-9A-Z]{26}$/);
    expect(createdAt).toMatch(ISO_TIME);
    expect(flow.created).toStrictEqual({
      taskId,
      ...GENERATE_API,
      priority: 5,
      metadata: {},
      status: 'pending',
      assignedAgent: null,
      result: null,
      error: null,
      correlationId,
      version: 1,
      createdAt,
      updatedAt: createdAt,
    });
  });

  it('is seen assigned to the scaffold agent', () => {
    expect(flow.assigned).toStrictEqual({
      ...flow.created,
      status: 'assigned',
      assignedAgent: 'scaffold',
      version: 2,
      updatedAt: expect.stringMatching(ISO_TIME),
    });
  });

  it('completes with files and a summary, and keeps its agent', () => {
    expect(flow.ended).toStrictEqual({
      ...flow.created,
      status: 'completed',
      assignedAgent: 'scaffold',
      result: { files: expect.any(Array), summary: expect.stringMatching(/\S/) },
      version: 3,
      updatedAt: expect.stringMatching(ISO_TIME),
    });
    expect(flow.files.size).toBeGreaterThan(0);
    expect(flow.files.size).toBe(flow.ended.result?.files.length);
  });

  it('shows in the list just as it does by its id', () => {
    expect(flow.listed).toStrictEqual(flow.ended);
  });

  it('gives each file as a download that no browser runs, with the content type of the result', () => {
    for (const { path, contentType } of flow.ended.result?.files ?? []) {
      const headers = flow.files.get(path)?.headers;
      expect(headers?.get('content-type'), path).toBe(contentType);
      expect(headers?.get('content-disposition'), path).toMatch(/^attachment\b/);
      expect(headers?.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers?.get('content-security-policy'), path).toMatch(/(^|; ?)sandbox(;|$)/);
    }
  });

  it('leaves its whole history, oldest first, each event in the stored form and caused by its work or its saga', () => {
    const story = flow.created.taskId.replace('task_', '');
    const { requirements, description, type } = GENERATE_API;
    const expected = [
      {
        type: 'TaskCreated',
        eventData: { type, description, requirements, priority: 5, metadata: {} },
        causationId: flow.submission.headers.get('x-request-id'),
        userId: keyIdOf(cloud.apiKey),
      },
      { type: 'TaskAssigned', eventData: { agent: 'scaffold' }, causationId: `work_${story}-2` },
      { type: 'TaskCompleted', eventData: { result: flow.ended.result }, causationId: `tasksaga_${story}-8` },
    ];
    expect(flow.events).toStrictEqual(
      expected.map(({ type, eventData, ...metadata }, index) => {
        const { eventId, data } = flow.events[index] ?? {};
        const timestamp = data?.timestamp;
        return {
          eventId,
          eventType: `domain.${type}`,
          source: 'domain',
          data: {
            aggregateId: flow.created.taskId,
            eventType: type,
            eventData,
            version: index + 1,
            timestamp,
            eventId,
          },
          metadata: {
            timestamp,
            correlationId,
            ...metadata,
            version: String(index + 1),
            eventId,
            traceId: expect.stringMatching(/\S/),
            schemaVersion: '1.0',
          },
          position: expect.any(String),
        };
      }),
    );
    expect(new Set(flow.events.map((event) => event.eventId)).size).toBe(3);
  });

  it('tells the same times by its events as by itself, and positions them in order', () => {
    const times = flow.events.map((event) => event.metadata.timestamp);
    expect(times).toEqual([flow.created.createdAt, flow.assigned.updatedAt, flow.ended.updatedAt]);
    expect(times).toEqual([...times].sort());
    const positions = flow.events.map((event) => event.position);
    expect(positions).toEqual([...new Set(positions)].sort());
  });
});
