import * as z from 'zod';

/** What a name in an address or in a state machine may hold: nothing that leads elsewhere. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

export const ServiceName = z.string().regex(NAME, 'must be 1 to 64 letters, digits, "_" or "-"');
export const OperationName = z.string().regex(NAME, 'must be 1 to 64 letters, digits, "_" or "-"');

/** The services that come with the product. Their operations are internal: only sagas call them. */
export const BUILT_IN_SERVICES = ['agent-service', 'storage-service'] as const;
export type BuiltInService = (typeof BUILT_IN_SERVICES)[number];

export function isBuiltIn(name: string): name is BuiltInService {
  return (BUILT_IN_SERVICES as readonly string[]).includes(name);
}
