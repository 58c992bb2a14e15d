/** What can become a leaf of the log. Words of design: a job's submit and its end are both leaves, so that an unfinished or removed run shows. */
export const auditEvents = [
  'submit',
  'complete',
  'fail',
  'cancel',
  'expire',
  'retry',
  'erase',
  'model.add',
  'model.validate',
  'model.alias',
  'model.delete',
  'dataset.add',
  'dataset.delete',
  'baseline.add',
  'key.create',
  'key.revoke',
  'quota.set',
  'webhook.add',
  'webhook.delete',
  'retention.set',
] as const;

export type AuditEvent = (typeof auditEvents)[number];

/** Who did it. The platform itself acts as actor type `system`. */
export interface AuditWho {
  readonly tenant: string;
  readonly actorType: 'person' | 'key' | 'system';
  readonly actor: string;
  readonly authMethod: string;
  /** The stored API key that was presented. */
  readonly keyId?: string;
  readonly requestId: string | null;
}

/**
 * One record of the audit log, schema vitrine.run/v1. It holds no personal data: texts, results and subject references
 * appear as HMAC commitments under keys that erasure destroys.
 */
export interface AuditRecord {
  readonly schema: 'vitrine.run/v1';
  /** UUID version 7. */
  readonly id: string;
  readonly event: AuditEvent;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly who: AuditWho;
  /** The job, model version or alias spoken of. */
  readonly subject: string;
  /** Event-specific facts, JSON values only. */
  readonly facts: Readonly<Record<string, unknown>>;
}
