/** Who asks. Every row this request writes carries the tenant and the actor. */
export interface Principal {
  readonly tenant: string;
  readonly actor: string;
  readonly actorType: 'person' | 'key' | 'system';
  readonly authMethod: 'loopback' | 'admin-key' | 'none';
}

/** The tenant of a single-tenant installation. */
export const DEFAULT_TENANT = 'default';

/** The platform itself: registration at start, relay, reconciler. */
export const systemPrincipal: Principal = { tenant: DEFAULT_TENANT, actor: 'system', actorType: 'system', authMethod: 'none' };

/** Whoever sits at this machine, when the platform listens on loopback without keys. */
export const localPrincipal: Principal = { tenant: DEFAULT_TENANT, actor: 'local', actorType: 'person', authMethod: 'loopback' };
