import { isRoot, type Principal } from '#access';
import { ProblemError } from '#platform';

/** The tenant that a request speaks of: the caller's, or the one the root key names. @throws ProblemError FORBIDDEN */
export function chooseTenant(caller: Principal, wanted: string | undefined): string {
  if (wanted === undefined || wanted === caller.tenant) return caller.tenant;
  if (isRoot(caller)) return wanted;
  throw new ProblemError('FORBIDDEN', {
    detail: 'only the root key may name another tenant',
    remedy: 'Leave `tenant` out, or send VITRINE_ADMIN_KEY.',
  });
}
