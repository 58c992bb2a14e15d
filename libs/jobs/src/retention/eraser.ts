import { systemPrincipal, type Principal } from '#access';
import type { Clock } from '#platform';
import { auditWho } from '../request/audit-who.js';
import { recordAudit } from '../request/record-audit.js';
import type { ErasureOutcome, RetentionStore } from './retention-store.js';

/** Destroys the payloads of explanations, each with a leaf that says who did it and why. */
export class Eraser {
  constructor(
    private readonly store: RetentionStore,
    private readonly clock: Clock,
  ) {}

  /** Because a person asked. Repeating it changes nothing. */
  eraseOnRequest(principal: Principal, explanationId: string, requestId: string): Promise<ErasureOutcome> {
    return this.erase(principal, explanationId, 'request', requestId);
  }

  /** Because the policy of the tenant says so. */
  eraseByRetention(tenant: string, explanationId: string): Promise<ErasureOutcome> {
    return this.erase({ ...systemPrincipal, tenant }, explanationId, 'retention', null);
  }

  private erase(
    principal: Principal,
    explanationId: string,
    reason: 'request' | 'retention',
    requestId: string | null,
  ): Promise<ErasureOutcome> {
    const { tenant, actor } = principal;
    return this.store.erase(tenant, explanationId, { actor, reason }, (facts) =>
      recordAudit(this.clock, 'erase', auditWho(principal, requestId), facts.jobId, { explanationId, reason, ...facts }),
    );
  }
}
