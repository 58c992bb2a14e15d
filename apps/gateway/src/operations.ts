import { attentionOperation } from './explanations/attention/attention-operation.js';
import { batchOperations } from './batches/batch-operations.js';
import { createKeyOperation, listKeysOperation, revokeKeyOperation } from './access/key-operations.js';
import { getQuotaOperation, setQuotaOperation } from './access/quota-operations.js';
import { addBaselineOperation, listBaselinesOperation } from './baselines/baseline-operations.js';
import {
  deleteDatasetOperation,
  getDatasetOperation,
  listDatasetsOperation,
  uploadDatasetOperation,
} from './datasets/dataset-operations.js';
import { docsOperations } from './docs/docs-operations.js';
import {
  canonicalOperation,
  deleteExplanationOperation,
  getExplanationOperation,
  listExplanationsOperation,
  rankOperation,
  tensorOperation,
} from './explanations/explanation-operations.js';
import { getHealthOperation, getReadinessOperation } from './health/health-operations.js';
import type { Operation } from './http/operation.js';
import { followJobOperation } from './jobs/events/job-event-operations.js';
import { cancelJobOperation, getJobOperation, listJobsOperation, retryJobOperation, submitJobOperation } from './jobs/job-operations.js';
import { getMetricsOperation } from './metrics/metrics-operations.js';
import { getRetentionOperation, getStorageOperation, setRetentionOperation } from './retention/retention-operations.js';
import { listMethodsOperation } from './methods/method-operations.js';
import {
  createModelOperation,
  deleteVersionOperation,
  setAliasOperation,
  uploadVersionOperation,
} from './models/model-change-operations.js';
import {
  getCapabilitiesOperation,
  getModelOperation,
  getVersionOperation,
  listModelsOperation,
  listVersionsOperation,
} from './models/model-operations.js';
import { createWebhookOperation, deleteWebhookOperation, listWebhooksOperation } from './webhooks/webhook-operations.js';

/** Every route there is, in the order of the reference. */
export const operations: readonly Operation[] = [
  submitJobOperation,
  listJobsOperation,
  getJobOperation,
  cancelJobOperation,
  retryJobOperation,
  followJobOperation,
  ...Object.values(batchOperations),
  listExplanationsOperation,
  getExplanationOperation,
  deleteExplanationOperation,
  rankOperation,
  canonicalOperation,
  tensorOperation,
  attentionOperation,
  listModelsOperation,
  getModelOperation,
  listVersionsOperation,
  getVersionOperation,
  getCapabilitiesOperation,
  createModelOperation,
  uploadVersionOperation,
  setAliasOperation,
  deleteVersionOperation,
  uploadDatasetOperation,
  listDatasetsOperation,
  getDatasetOperation,
  deleteDatasetOperation,
  addBaselineOperation,
  listBaselinesOperation,
  listMethodsOperation,
  createKeyOperation,
  listKeysOperation,
  revokeKeyOperation,
  getQuotaOperation,
  setQuotaOperation,
  createWebhookOperation,
  listWebhooksOperation,
  deleteWebhookOperation,
  getRetentionOperation,
  setRetentionOperation,
  getStorageOperation,
  getHealthOperation,
  getReadinessOperation,
  getMetricsOperation,
  ...Object.values(docsOperations),
];
