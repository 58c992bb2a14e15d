export { canonicalJson } from './canonical-json.js';
export { auditEvents, type AuditEvent, type AuditRecord, type AuditWho } from './audit-record.js';
