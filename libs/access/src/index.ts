export { localPrincipal, systemPrincipal, type Principal } from './principal.js';
export { authenticate } from './authenticate.js';
export type { Scope } from './scope.js';
