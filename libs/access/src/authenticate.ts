import { createHash, timingSafeEqual } from 'node:crypto';
import { DEFAULT_TENANT, localPrincipal, type Principal } from './principal.js';

/**
 * Who sent a request, or null when it may not enter. Without an admin key the platform listens on loopback only, and
 * everyone there is `local`; with one, each request must carry it as `Authorization: Bearer <key>`.
 *
 * @param authorization the Authorization header as sent
 * @param adminKey VITRINE_ADMIN_KEY, or null
 */
export function authenticate(authorization: string | undefined, adminKey: string | null): Principal | null {
  if (adminKey === null) return localPrincipal;
  const match = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '');
  if (match?.[1] === undefined) return null;
  return equal(match[1], adminKey) ? { tenant: DEFAULT_TENANT, actor: 'admin', actorType: 'key', authMethod: 'admin-key' } : null;
}

// Hashing first makes the lengths equal, so that the comparison takes the same time for every wrong key.
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(a), digest(b));
}
