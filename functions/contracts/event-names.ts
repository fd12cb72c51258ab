/** The seed publishes domain events under this prefix and source. */
export const DOMAIN_PREFIX = 'domain.';
export const DOMAIN_SOURCE = 'domain';
