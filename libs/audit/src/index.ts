export { canonicalJson } from './canonical-json.js';
export { type AuditEvent, type AuditRecord, type AuditWho } from './audit-record.js';
