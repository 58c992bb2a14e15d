import type { ModelGraph } from '#graph';
import type { GenerationConfig, HuggingFaceConfig, PreprocessorConfig, TokenizerConfig, TokenizerFile } from './hugging-face-config.js';
import type { Manifest } from './manifest.js';

/** One file of a model. Structurally the catalogue's and the runner's `ModelFile`. */
export interface ModelFile {
  /** Relative to the model's folder, with `/`. */
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** An ONNX file as it was read. */
export interface GraphFile {
  /** Relative to the model's folder, such as `model.onnx` or `onnx/model.onnx`. */
  readonly modelFile: string;
  readonly modelBytes: Uint8Array;
  /** Holds views of `modelBytes`. */
  readonly graph: ModelGraph;
}

/** A model's files as they were read, `model.onnx` first. Nothing has been run yet. */
export interface ModelParts extends GraphFile {
  /** Absolute. */
  readonly folder: string;
  /** What the manifest names as `files.kvCache`: the same language model with a cache of keys and values. Null where it names none. */
  readonly cached: GraphFile | null;
  /** Null where there is no `model.json`. */
  readonly manifest: Manifest | null;
  readonly config: HuggingFaceConfig | null;
  readonly generationConfig: GenerationConfig | null;
  readonly tokenizerConfig: TokenizerConfig | null;
  /** How a Hugging Face export prepares pictures; null where there is no `preprocessor_config.json`. */
  readonly preprocessor: PreprocessorConfig | null;
  /** Null where there is no `tokenizer.json`. */
  readonly tokenizer: TokenizerFile | null;
  /** Name of the background file; null where there is none. */
  readonly backgroundFile: string | null;
  /** Names of all files that decide what the model answers, sorted. */
  readonly names: readonly string[];
}

export interface ModelFolder extends ModelParts {
  readonly files: readonly ModelFile[];
  /** The model hash, see hashModel. */
  readonly sha256: string;
}
