export { readModelFolder } from './folder/read-model-folder.js';
export { findRowFile } from './folder/find-row-file.js';
export type { ModelFile, ModelFolder } from './folder/model-folder.js';
export { OnnxModels } from './onnx-models.js';
export type { OpenOnnxModel } from './open-onnx-model.js';
export type { ModelProbe } from './probe/probe-folder.js';
export type { ModelCapabilities } from './probe/model-capabilities.js';
export { AttentionSession } from './attention/attention-session.js';
export type { AttentionMap, ChosenQueries, RealTokens } from './attention/attention-map.js';
