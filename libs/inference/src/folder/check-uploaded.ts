import { ExplainProblem } from '#explainers';
import type { ModelFile, ModelFolder } from './model-folder.js';

/**
 * Holds what was read against what was received: every file has a use, and its bytes are those that were hashed on the way in.
 *
 * @throws ExplainProblem FILE_UNEXPECTED or MODEL_FILE_CHANGED
 */
export function checkUploaded(model: ModelFolder, uploaded: readonly ModelFile[]): void {
  const named = Object.values(model.manifest?.files ?? {}).filter((name) => typeof name === 'string');
  const known = new Set([...model.names, ...named, 'background.csv', 'covers.json']);
  const stranger = uploaded.find((file) => !known.has(file.name));
  if (stranger !== undefined) throw new ExplainProblem('FILE_UNEXPECTED', `the model has no use for ${JSON.stringify(stranger.name)}`);
  const changed = model.files.find((file) => uploaded.find((one) => one.name === file.name)?.sha256 !== file.sha256);
  if (changed !== undefined) throw new ExplainProblem('MODEL_FILE_CHANGED', `${changed.name} is not as it was received`);
}
