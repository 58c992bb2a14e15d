export { problemCodeOf } from './request/explain-problem-code.js';
export { findMissing, type MissingNeed } from './request/find-missing.js';
export { findActive } from './request/find-active.js';
export { jobRequestSchema, type JobRequest } from './request/job-request.js';
export type { PreparedRequest } from './request/prepare-request.js';
export { auditWho } from './request/audit-who.js';
export { JobRetry } from './request/job-retry.js';
export { JobSubmission } from './request/job-submission.js';
export { recordAudit } from './request/record-audit.js';
export { Idempotency, type Answer, type RepeatableRequest } from './idempotency/idempotency.js';
export { IdempotencyStore, KeyTaken, type KeptAnswer, type KeyMark } from './idempotency/idempotency-store.js';
export { batchStates, MAX_BATCH_ITEMS, noJobs, stateOf, type Batch, type BatchState, type JobCounts } from './batches/batch.js';
export { batchItemSchema, batchRequestSchema, type BatchItemRequest, type BatchRequest } from './batches/batch-request.js';
export {
  BatchStore,
  type BatchCancelOutcome,
  type BatchFilter,
  type BatchItem,
  type NewBatch,
  type Refusal,
} from './batches/batch-store.js';
export { BatchSubmission, type ParsedItem, type SubmittedBatch, type SubmittedItem } from './batches/batch-submission.js';
export { JobEventStore, type JobEvent, type JobEventKind, type JobEventPage } from './events/job-event-store.js';
export { isTerminal, jobStates, priorities, queuePriority, type Job, type JobProgress, type JobState, type Priority } from './store/job.js';
export {
  JobStore,
  type AbandonedJob,
  type AttemptRow,
  type AuditLeaf,
  type CancelOutcome,
  type Claim,
  type JobFilter,
  type LeaseState,
  type NewExplanation,
  type NewJob,
  type NewPayload,
  type OutboxEntry,
  type SubmittedJob,
} from './store/job-store.js';
export { BacklogStore, type Backlog, type FamilyBacklog } from './store/backlog-store.js';
export { Leadership, Notices, type JobListener } from './store/notices.js';
export { StoreUnavailable } from './store/store-unavailable.js';
export type { DatasetReader } from './data/dataset-reader.js';
export { JobQueues } from './queue/job-queues.js';
export { QueueBackend } from './queue/queue-backend.js';
export { familyQueue, type JobMessage, type QueueSettings, type QueueTiming } from './queue/queue-settings.js';
export { HandlesFamily } from './transport/handles-family.js';
export { HandlerError } from './transport/handler-error.js';
export { JobTransport, type MethodRoute } from './transport/job-transport.js';
export { JobProcessor, type ProcessorParts } from './work/job-processor.js';
export { passAll, type CrashPoint, type PassPoint } from './work/crash-points.js';
export { buildExplanation } from './work/build-explanation.js';
export { Eraser } from './retention/eraser.js';
export { RetentionDuty } from './retention/retention-duty.js';
export { keepEverything, type RetentionPolicy, type RetentionRule, type RetentionRun } from './retention/retention-policy.js';
export {
  RetentionStore,
  type ErasureFacts,
  type ErasureOutcome,
  type OpenRun,
  type StorageReport,
  type StoredPolicy,
} from './retention/retention-store.js';
export { WordBacklog } from './upkeep/word-backlog.js';
export { WordReader } from './upkeep/word-reader.js';
export { PartStore, type FinishedPart, type NewPart, type PartCosts } from './parts/part-store.js';
export { Slots } from './work/slots.js';
export type { LeaseTiming } from './work/lease-keeper.js';
export { ModelValidator } from './upkeep/model-validator.js';
export type { ConsumerTiming } from './transport/consumer.js';
export { FamilyWatch, type FamilyWatchTiming } from './upkeep/family-watch.js';
export { OutboxRelay } from './upkeep/outbox-relay.js';
export { Reconciler, type ReconcilerReport, type ReconcilerTiming } from './upkeep/reconciler.js';
