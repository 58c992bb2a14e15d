export {
  isActive,
  type ActiveVersion,
  type ModelFile,
  type ModelLocation,
  type ModelVersion,
  type RejectionReason,
  type VersionState,
} from './model-version.js';
export { ModelStore, type ModelSummary, type NewVersion } from './model-store.js';
export { resolveModel, type ModelReference, type ModelResolution } from './resolve-model.js';
export { ModelInspector, registerFolders, type Registration } from './register-folders.js';
