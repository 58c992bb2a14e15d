import type { Quota } from '#access';
import { ProblemError, type Clock } from '#platform';

/** Every way to a new job asks this first. @throws ProblemError QUOTA_EXCEEDED once the tenant has used its rows of the day */
export async function refuseBeyondQuota(quota: Quota, clock: Clock, tenant: string): Promise<void> {
  const { isSpent, modelRows, modelRowsPerDay, resetsAt } = await quota.glance(tenant);
  if (!isSpent || modelRowsPerDay === null) return;
  const seconds = Math.max(1, Math.ceil((resetsAt.getTime() - clock.now().getTime()) / 1000));
  throw new ProblemError(
    'QUOTA_EXCEEDED',
    {
      detail: `${modelRows} model rows were used today, and the quota is ${modelRowsPerDay}; it begins anew at ${resetsAt.toISOString()}`,
    },
    { 'Retry-After': String(seconds) },
  );
}
