/** What the names of services and operations may hold: nothing that leads elsewhere in an address or a state machine. */
export const SERVICE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The services that come with the product. Their operations are internal: only sagas call them. */
export const BUILT_IN_SERVICES = ['agent-service', 'storage-service'] as const;
export type BuiltInService = (typeof BUILT_IN_SERVICES)[number];

export function isBuiltIn(name: string): name is BuiltInService {
  return (BUILT_IN_SERVICES as readonly string[]).includes(name);
}
