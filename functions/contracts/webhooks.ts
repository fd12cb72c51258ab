/** How a delivery stands: on its way, taken by its receiver, or given up. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'exhausted'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
