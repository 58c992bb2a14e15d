import { scopes, type Scope } from './scope.js';

/** Who asks. Every row this request writes carries the tenant and the actor. */
export interface Principal {
  readonly tenant: string;
  readonly actor: string;
  readonly actorType: 'person' | 'key' | 'system';
  readonly authMethod: 'loopback' | 'root-key' | 'api-key' | 'none';
  /** The stored API key that was presented; null for the root key and where there was none. */
  readonly keyId: string | null;
  readonly scopes: readonly Scope[];
}

/** The tenant of a single-tenant installation. */
export const DEFAULT_TENANT = 'default';

/** The platform itself: registration at start, relay, reconciler. */
export const systemPrincipal: Principal = {
  tenant: DEFAULT_TENANT,
  actor: 'system',
  actorType: 'system',
  authMethod: 'none',
  keyId: null,
  scopes,
};

/** Whoever sits at this machine, when the platform listens on loopback without keys. */
export const localPrincipal: Principal = {
  tenant: DEFAULT_TENANT,
  actor: 'local',
  actorType: 'person',
  authMethod: 'loopback',
  keyId: null,
  scopes,
};

/** Whoever holds VITRINE_ADMIN_KEY: the one principal that may speak for other tenants. */
export const rootPrincipal: Principal = {
  tenant: DEFAULT_TENANT,
  actor: 'admin',
  actorType: 'key',
  authMethod: 'root-key',
  keyId: null,
  scopes,
};

/** Names that a stored key may not act under: they are the platform's own. */
export const reservedActors: readonly string[] = [systemPrincipal.actor, localPrincipal.actor, rootPrincipal.actor, 'reconciler'];

/** Whether this principal may name another tenant than its own. */
export function isRoot(principal: Principal): boolean {
  return principal.authMethod === 'root-key';
}
