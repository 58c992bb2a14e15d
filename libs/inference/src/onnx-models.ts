import { createRequire } from 'node:module';
import type { ModelDescription } from '#explainers';
import { checkUploaded } from './folder/check-uploaded.js';
import type { ModelFile } from './folder/model-folder.js';
import { readModelFolder, readModelParts } from './folder/read-model-folder.js';
import { closeCore, openCore } from './open-core.js';
import { OpenOnnxModel } from './open-onnx-model.js';
import { planServing } from './plan-serving.js';
import { probeFolder, type ModelProbe } from './probe/probe-folder.js';
import { runtimeSettings } from './session/onnx-session.js';
import { OutputCache } from './text/output-cache.js';

const usualCacheBytes = 32 * 2 ** 20;

/** ONNX models from their folders, for one process. Holds what they share: the scores of rows seen before. */
export class OnnxModels {
  /** The inference runtime and how it is set up. */
  readonly runtime = { onnxruntime: readRuntimeVersion(), ...runtimeSettings };
  private readonly cache: OutputCache;

  constructor(options: { readonly cacheBytes?: number } = {}) {
    this.cache = new OutputCache(options.cacheBytes ?? usualCacheBytes);
  }

  /**
   * Opens a registered model, ready to predict; a language model or an encoder opens with its first pass, since only that tells which of
   * its graphs is wanted. The caller has compared the files with the registered ones.
   *
   * @throws ExplainProblem
   */
  async open({
    folder,
    description,
    kvCache = true,
  }: {
    readonly folder: string;
    readonly description: ModelDescription;
    /** False: `model.onnx` is used where the manifest names a file with a cache of keys and values too. */
    readonly kvCache?: boolean;
  }): Promise<OpenOnnxModel> {
    const found = await readModelParts(folder);
    const parts = kvCache ? found : { ...found, cached: null };
    const { core, session } = openCore(parts, planServing(parts));
    try {
      if (core.kind === 'text' || core.kind === 'tabular' || core.kind === 'image') await session.open();
    } catch (error) {
      await closeCore(core);
      throw error;
    }
    return new OpenOnnxModel(description, core, this.cache);
  }

  /**
   * Reads a model that nobody has run yet, runs it on a few rows, and measures whether a row's answer depends on the
   * rows beside it.
   *
   * @throws ExplainProblem where it cannot be served
   */
  async probe({
    folder,
    name,
    version,
    uploaded,
  }: {
    readonly folder: string;
    readonly name: string;
    readonly version: string;
    /** Each of these must be of use to the model; absent for a folder of the installation. */
    readonly uploaded?: readonly ModelFile[];
  }): Promise<ModelProbe> {
    const model = await readModelFolder(folder);
    if (uploaded !== undefined) checkUploaded(model, uploaded);
    return probeFolder(model, { name, version });
  }
}

function readRuntimeVersion(): string {
  const file: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  return typeof file === 'object' && file !== null && 'version' in file ? String(file.version) : 'unknown';
}
