import { readFile, realpath, stat } from 'node:fs/promises';
import { join, posix, resolve, sep } from 'node:path';
import { ExplainProblem } from '#explainers';
import { refuseEncoderDecoder } from '../encoder-decoder/encoder-decoder-inputs.js';
import { readGraph } from './read-graph.js';
import { checkTokenizer } from './check-tokenizer.js';
import { hashFiles, hashModel } from './hash-model.js';
import { configSchema, generationConfigSchema, preprocessorSchema, tokenizerConfigSchema, tokenizerSchema } from './hugging-face-config.js';
import { manifestSchema } from './manifest.js';
import type { GraphFile, ModelFolder, ModelParts } from './model-folder.js';
import { isFile, readJson } from './read-json.js';

/**
 * Reads and hashes a model's folder without running the model. `model.onnx` lies in the folder itself or, as exports
 * of Hugging Face leave it, in `onnx/`; every other file is optional here.
 *
 * @param folder path of a model folder
 * @returns what was read, the list of files and the model hash
 * @throws ExplainProblem where a file is missing, cannot be read, or is not what it should be
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const parts = await readModelParts(folder);
  checkTokenizer(parts.tokenizer);
  const files = await hashFiles(parts.folder, parts.names);
  return { ...parts, files, sha256: hashModel(files) };
}

/** readModelFolder without the hashes, for a folder whose files have been checked already. */
export async function readModelParts(folder: string): Promise<ModelParts> {
  const root = resolve(folder);
  const modelFile = await findModelFile(root);
  const main = await readGraphFile(root, modelFile);
  const [manifest, config, generationConfig, preprocessor, tokenizerConfig, tokenizer] = await Promise.all([
    readJson(root, 'model.json', manifestSchema),
    readJson(root, 'config.json', configSchema),
    readJson(root, 'generation_config.json', generationConfigSchema),
    readJson(root, 'preprocessor_config.json', preprocessorSchema),
    readJson(root, 'tokenizer_config.json', tokenizerConfigSchema),
    readJson(root, 'tokenizer.json', tokenizerSchema),
  ]);
  const named = manifest?.files ?? {};
  const companions = { background: named.background, covers: named.covers, kvCache: named.kvCache };
  for (const [key, name] of Object.entries(companions)) {
    if (name !== undefined && !(await isFile(root, name)))
      throw new ExplainProblem(
        'MODEL_FILE_INVALID',
        `model.json names ${name} as files.${key}, and there is no such file`,
        null,
        `Put ${name} beside model.json, or send it with the upload; or take files.${key} out of model.json.`,
      );
  }
  const backgroundFile = companions.background ?? ((await isFile(root, 'background.csv')) ? 'background.csv' : null);
  const cached = companions.kvCache === undefined ? null : await readGraphFile(root, companions.kvCache);
  const graphs = cached === null ? [main] : [main, cached];
  await checkExternal(
    root,
    graphs.flatMap((file) => file.graph.external.map((one) => ({ ...one, file: nameBeside(file, one.location) }))),
  );
  const names = new Set(graphs.flatMap((file) => [file.modelFile, ...file.graph.externalFiles.map((name) => nameBeside(file, name))]));
  for (const [name, part] of [
    ['model.json', manifest],
    ['config.json', config],
    ['generation_config.json', generationConfig],
    ['preprocessor_config.json', preprocessor],
    ['tokenizer_config.json', tokenizerConfig],
    ['tokenizer.json', tokenizer],
  ] as const) {
    if (part !== null) names.add(name);
  }
  for (const name of [backgroundFile, companions.covers]) if (typeof name === 'string') names.add(name);
  return {
    ...main,
    folder: root,
    cached,
    manifest,
    config,
    generationConfig,
    preprocessor,
    tokenizerConfig,
    tokenizer,
    backgroundFile,
    names: [...names].sort(),
  };
}

async function readGraphFile(root: string, modelFile: string): Promise<GraphFile> {
  const modelBytes = await readFile(join(root, modelFile));
  return { modelFile, modelBytes, graph: readGraph(modelFile, modelBytes) };
}

/** Weights outside an ONNX file lie beside it. */
function nameBeside({ modelFile }: GraphFile, name: string): string {
  return posix.join(posix.dirname(modelFile), name);
}

async function findModelFile(root: string): Promise<string> {
  for (const name of ['model.onnx', 'onnx/model.onnx']) if (await isFile(root, name)) return name;
  for (const name of ['decoder_model.onnx', 'onnx/decoder_model.onnx', 'encoder_model.onnx', 'onnx/encoder_model.onnx'])
    if (await isFile(root, name)) throw refuseEncoderDecoder(`the model lies in several files, ${name} among them, and none is model.onnx`);
  throw new ExplainProblem(
    'MODEL_FILE_INVALID',
    'there is no model.onnx in the folder',
    null,
    'Put the ONNX file into the folder under the name model.onnx.',
  );
}

interface ExternalSpan {
  readonly tensor: string;
  readonly file: string;
  /** Bytes. */
  readonly offset: number;
  readonly length: number | null;
}

/** ONNX Runtime follows links and reads where it is told to: a model must not make it read a stranger's file, or beyond its own. */
async function checkExternal(root: string, spans: readonly ExternalSpan[]): Promise<void> {
  const inside = (await realpath(root)) + sep;
  const sizes = new Map<string, number>();
  for (const { tensor, file, offset, length } of spans) {
    const size = sizes.get(file) ?? (await measure(root, inside, file));
    sizes.set(file, size);
    if (offset > size || offset + (length ?? 0) > size)
      throw new ExplainProblem(
        'EXTERNAL_DATA_OUT_OF_RANGE',
        `tensor ${JSON.stringify(tensor.slice(0, 80))} lies at ${offset} + ${length ?? 0} in ${file}, which has ${size} bytes`,
      );
  }
}

async function measure(root: string, inside: string, name: string): Promise<number> {
  const path = await realpath(join(root, name)).catch(() => null);
  const found = path === null ? null : await stat(path);
  if (path === null || found?.isFile() !== true)
    throw new ExplainProblem(
      'EXTERNAL_DATA_FORBIDDEN',
      `the model keeps weights in ${JSON.stringify(name)}, and there is no such file`,
      null,
      `Put ${name} beside the model file, or send it with the upload.`,
    );
  if (!path.startsWith(inside)) throw new ExplainProblem('EXTERNAL_DATA_FORBIDDEN', `${name} is a link that leaves the model's folder`);
  return found.size;
}
