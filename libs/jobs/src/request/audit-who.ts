import type { Principal } from '#access';
import type { AuditWho } from '#audit';

/** Who asked, as the audit log names them. */
export function auditWho(principal: Principal, requestId: string | null): AuditWho {
  const { tenant, actorType, actor, authMethod, keyId } = principal;
  return { tenant, actorType, actor, authMethod, ...(keyId === null ? {} : { keyId }), requestId };
}
