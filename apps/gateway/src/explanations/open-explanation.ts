import type { Principal } from '#access';
import type { Erasure, History, OpenedExplanation } from '#history';
import { ProblemError } from '#platform';
import { absent, requireUuid } from '../http/require-uuid.js';

/**
 * An explanation of the caller's tenant.
 *
 * @throws ProblemError NOT_FOUND, PAYLOAD_ERASED
 */
export async function openExplanation(history: History, caller: Principal, id: string): Promise<OpenedExplanation> {
  const lookup = await history.open(caller.tenant, requireUuid(id, 'explanation'));
  if (lookup.kind === 'absent') throw absent('explanation');
  if (lookup.kind === 'erased') throw erased(lookup.erasure);
  return lookup.explanation;
}

function erased(erasure: Erasure | null): ProblemError {
  if (erasure === null) return new ProblemError('PAYLOAD_ERASED');
  const why = erasure.reason === 'request' ? 'on request' : 'by a rule of retention';
  return new ProblemError('PAYLOAD_ERASED', { detail: `the payload was destroyed ${why} at ${erasure.at.toISOString()}` });
}
