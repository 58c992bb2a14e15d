export { isRoot, localPrincipal, reservedActors, rootPrincipal, systemPrincipal, type Principal } from './principal.js';
export { scopes, type Scope } from './scope.js';
export { mintSecret, type ApiKey } from './api-key.js';
export { ApiKeyStore, type NewApiKey } from './api-key-store.js';
export { Authenticator } from './authenticator.js';
export { Quota, type QuotaState } from './quota.js';
export { UsageStore, type TenantUsage } from './usage-store.js';
