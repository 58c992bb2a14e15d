import { canonicalJson, type AuditEvent, type AuditRecord, type AuditWho } from '#audit';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import type { AuditLeaf } from '../store/job-store.js';

/** A leaf of the audit log with its canonical bytes. `undefined` facts are left out. */
export function recordAudit(
  clock: Clock,
  event: AuditEvent,
  who: AuditWho,
  subject: string,
  facts: Readonly<Record<string, unknown>>,
): AuditLeaf {
  const record: AuditRecord = {
    schema: 'vitrine.run/v1',
    id: uuidv7(),
    event,
    at: clock.now().toISOString(),
    who,
    subject,
    facts: Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)),
  };
  return { record, bytes: new Uint8Array(Buffer.from(canonicalJson(record), 'utf8')) };
}
