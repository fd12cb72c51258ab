import { requestRoutes } from '../../contracts/api/request.ts';
import type { Delivery } from '../../contracts/api/webhook.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { DeliveryRecord } from '../../shared/platform/webhooks/deliveries.ts';
import { unknownDelivery } from '../../shared/platform/webhooks/delivery-changes.ts';
import type { DeliveryStore, Kick } from '../../shared/platform/webhooks/delivery-store.ts';
import { isSeen } from '../domain/request.ts';
import { requestNotFound } from './request-endpoints.ts';
import type { RequestStore } from './request-store.ts';

export interface RequestDeliveryPorts {
  requests: Pick<RequestStore, 'find'>;
  deliveries: DeliveryStore;
  kick: Kick;
}

const logger = newLogger();

/** What the callback addresses of requests were told. */
export function deliveryEndpoints(ports: RequestDeliveryPorts) {
  return [
    endpoint(requestRoutes.listRequestDeliveries, async ({ params: { requestId }, now }) => {
      const deliveries = await deliveriesOf(ports, requestId, now);
      return { kind: 'data', data: { items: deliveries.map(viewOf) } };
    }),
    endpoint(requestRoutes.replayRequestDelivery, async (request) => {
      return { kind: 'data', data: viewOf(await replay(ports, request)) };
    }),
  ];
}

/** They stay longer than their request, and a request without an address has none. */
async function deliveriesOf(
  { requests, deliveries }: RequestDeliveryPorts,
  requestId: string,
  now: string,
): Promise<DeliveryRecord[]> {
  const known = await deliveries.load(requestId);
  if (known !== undefined) return known.deliveries;
  const request = await requests.find(requestId);
  if (request === undefined || !isSeen(request, Date.parse(now))) throw requestNotFound(requestId);
  return [];
}

async function replay(
  ports: RequestDeliveryPorts,
  { params, now, correlationId }: HttpRequest<typeof requestRoutes.replayRequestDelivery>,
): Promise<DeliveryRecord> {
  const { requestId, deliveryId } = params;
  const deliveries = await deliveriesOf(ports, requestId, now);
  const delivery = deliveries.find((one) => one.deliveryId === deliveryId);
  if (delivery === undefined) throw unknownDelivery({ deliveryId });
  const replayed = await ports.deliveries.replay(delivery, now);
  await ports.kick(requestId).catch((error: unknown) => {
    logger.warn('A callback waits for the sweep', { requestId, correlationId, reason: messageOf(error) });
  });
  return replayed;
}

function viewOf({ deliveryId, webhookId, status, body, attempts }: DeliveryRecord): Delivery {
  return { deliveryId, webhookId, status, body: JSON.parse(body), attempts };
}
