export { noOp } from './explainers/no-op.js';
export * from './games/index.js';
export { readGoldenTensors, readGoldenText } from './golden/read-golden.js';
export { readSafetensors, type StoredTensor } from './safetensors/read-safetensors.js';
export { startReceiver, type ReceivedRequest } from './http/start-receiver.js';
export { startTestDatabase, type TestDatabase } from './database/start-test-database.js';
export {
  buildOnnxModel,
  type OnnxAttribute,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModelOptions,
  type OnnxNode,
  type OnnxPort,
  type OnnxTensor,
  type OnnxType,
} from './onnx/build-onnx-model.js';
export { attentionToy, type AttentionToy } from './onnx/attention-toy.js';
export {
  calmModel,
  crashModel,
  hugeAllocationModel,
  loopForeverModel,
  memoryBombModel,
  nanModel,
  slowModel,
  type ToyModel,
} from './onnx/toy-models.js';
export { replaceOutput } from './onnx/replace-output.js';
export { wordTokenizer } from './onnx/word-tokenizer.js';
export { writeModelFolder } from './onnx/write-model-folder.js';
export { MemoryApiKeyStore } from './stores/memory-api-key-store.js';
export { MemoryBaselineStore } from './stores/memory-baseline-store.js';
export { MemoryBatchStore } from './stores/memory-batch-store.js';
export { MemoryDatabase } from './stores/memory-database.js';
export { MemoryDatasetStore } from './stores/memory-dataset-store.js';
export { MemoryExplanationStore } from './stores/memory-explanation-store.js';
export { MemoryIdempotencyStore } from './stores/memory-idempotency-store.js';
export { MemoryJobEventStore } from './stores/memory-job-event-store.js';
export { MemoryJobStore } from './stores/memory-job-store.js';
export { MemoryKeyStore } from './stores/memory-key-store.js';
export { MemoryModelStore } from './stores/memory-model-store.js';
export { MemoryWebhookStore } from './stores/memory-webhook-store.js';
export { MemoryUsageStore } from './stores/memory-usage-store.js';
export { MemoryRetentionStore } from './stores/memory-retention-store.js';
export { MemoryNotices } from './stores/memory-notices.js';
export { seedHistory, type SeedHistoryOptions } from './seeding/seed-history.js';
export type { SeededExplanation, SeedModel } from './seeding/seed-explanation.js';
