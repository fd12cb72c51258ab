/** A message to a callback address was given up: it is in the dead letters, and can be sent again. */
export interface DeliveryExhausted {
  type: 'DeliveryExhausted';
  data: {
    deliveryId: string;
    webhookId: string;
    /** The id of what it told of: a request, a task. */
    stream: string;
    /** Tries since it was given, or since its last replay; 0 where its receiver was known to be gone. */
    attempts: number;
    /** Why the last try failed. Names no address. */
    reason: string;
  };
}
