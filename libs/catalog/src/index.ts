export {
  isActive,
  type ActiveVersion,
  type ModelFile,
  type ModelLocation,
  type ModelVersion,
  type RejectionReason,
  type VersionState,
} from './model-version.js';
export { ModelStore, type Deletion, type ModelSummary, type NewUpload, type NewVersion, type VersionOutcome } from './model-store.js';
export { UploadedFiles, type Staging } from './uploaded-files.js';
export { ValidationStore, type ValidationClaim, type ValidationOutcome } from './validation-store.js';
export { resolveModel, type ModelReference, type ModelResolution } from './resolve-model.js';
export { ModelInspector, registerFolders, type Registration } from './register-folders.js';
export {
  BLOCK_ROWS,
  type DatasetBlock,
  type DatasetCell,
  type DatasetColumn,
  type DatasetLabel,
  type DatasetRow,
  type DatasetShape,
  type DatasetSummary,
  type DatasetVersion,
} from './datasets/dataset.js';
export { BlockPacker, canonicalHeader, canonicalRow, readCanonicalRows } from './datasets/canonical-rows.js';
export { DatasetStore, MOST_ROWS_READ, type AddOutcome, type DeleteOutcome, type NewDataset } from './datasets/dataset-store.js';
export { BaselineStore, type Baseline, type BaselineFeatures, type NewBaseline } from './baselines/baseline-store.js';
