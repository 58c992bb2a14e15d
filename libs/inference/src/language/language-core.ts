import { join } from 'node:path';
import { type Tensor } from 'onnxruntime-node';
import { ExplainProblem, type KnownAttention, type TextEncoding } from '#explainers';
import type { AttentionMap, ChosenQueries } from '../attention/attention-map.js';
import { AttentionSession, type AskedNumbers } from '../attention/attention-session.js';
import { tellLayers } from '../attention/tell-layers.js';
import type { ModelParts } from '../folder/model-folder.js';
import { GradientSession } from '../gradient/gradient-session.js';
import { makeTokenTrials } from '../gradient/make-token-trials.js';
import type { TokenFeeding } from '../gradient/token-gradients.js';
import type { Serving } from '../serving.js';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import { roundsByRun } from '../session/rounds-by-run.js';
import { findPadId } from '../text/special-tokens.js';
import { TokenizerThread } from '../text/tokenizer-thread.js';
import { countLeading, encodePrompt } from './encode-prompt.js';
import { feedTexts, readLanguageInputs, type LanguageInputs } from './language-inputs.js';
import { chooseLanguageFile } from './plan-language.js';
import { readEndTokens } from './read-end-tokens.js';

/** What one pass of the graph gave. */
export interface Pass {
  /** [1, positions, vocabulary]: of all that were fed, or through the graph that gives attention of the chosen ones. */
  readonly logits: Tensor;
  /** Keys and values of all tokens so far, a tensor for each slot. */
  readonly cache: readonly Tensor[];
  /** Attention of the chosen queries in the order of the graph; empty where none was chosen. */
  readonly maps: readonly AttentionMap[];
}

/** What all runs of a language model share: tokenizer, and the sessions of its two graphs, each opened when it is first used. */
export class LanguageCore {
  private leading: number | null = null;

  private constructor(
    /** Of the file as it is; it only predicts. */
    readonly prediction: OnnxSession,
    private readonly attention: AttentionSession,
    /** Runs forward and back, of whole texts. */
    readonly gradients: GradientSession,
    readonly feeding: TokenFeeding,
    readonly inputs: LanguageInputs,
    private readonly logits: string,
    readonly vocabulary: number,
    readonly contextLength: number | null,
    readonly endTokens: readonly number[],
    /** What stands in padding; null where nothing says it. */
    readonly padId: number | null,
    readonly tokenizer: TokenizerThread,
  ) {}

  /** @throws ExplainProblem */
  static open(parts: ModelParts, { output, outputs, maxTokens }: Serving): LanguageCore {
    if (parts.tokenizer === null) {
      const remedy = 'Save the tokenizer with `save_pretrained` of a fast tokenizer.';
      throw new ExplainProblem('TOKENIZER_MISSING', 'there is no tokenizer.json in the folder', null, remedy);
    }
    const { folder } = parts;
    const { modelFile, graph } = chooseLanguageFile(parts);
    const inputs = readLanguageInputs(graph);
    const feeding: TokenFeeding = {
      feed: (rows) => feedTexts(inputs, rows),
      tokensOf: ({ length }) => length,
      fedTokens: (tokens) => tokens,
      fixedRows: null,
      alone: roundsByRun(graph),
    };
    return new LanguageCore(
      new OnnxSession({ folder, modelFile, patched: null }),
      new AttentionSession(folder, modelFile, output.fetch),
      new GradientSession({
        ...{ folder, modelFile, output: output.fetch, pairs: null, ids: 'input_ids', numbers: null, chosen: true },
        trials: () => makeTokenTrials(feeding),
      }),
      feeding,
      inputs,
      output.fetch,
      outputs,
      maxTokens,
      readEndTokens(parts, outputs),
      findPadId(parts),
      TokenizerThread.open(join(folder, 'tokenizer.json')),
    );
  }

  /** @throws ExplainProblem MODEL_RUN_FAILED where the tokenizer refuses the text */
  encode(text: string): TextEncoding {
    this.leading ??= countLeading(this.tokenizer.encode('a'));
    return encodePrompt(text, this.tokenizer.encode(text), this.leading);
  }

  /** Layers of the graph, without a pass. Throws ExplainProblem ATTENTION_UNAVAILABLE. */
  async readLayers(): Promise<KnownAttention> {
    return tellLayers(await this.attention.layers());
  }

  /**
   * One pass of the graph.
   *
   * @param chosen queries whose logits are wanted
   * @param asked the graph that gives these numbers of attention is gone through; null for the file's own
   * @throws ExplainProblem MODEL_RUN_FAILED, ATTENTION_UNAVAILABLE or ATTENTION_UNPROVEN
   */
  async pass(feeds: Feeds, chosen: ChosenQueries, asked: AskedNumbers | null): Promise<Pass> {
    const names = [this.logits, ...this.inputs.cache.map(({ output }) => output)];
    const real = { batch: 1, tokens: null, decoderTokens: null };
    const { maps, others } =
      asked === null
        ? { maps: [], others: await this.prediction.runAll(feeds, names) }
        : await this.attention.runBeside(feeds, real, chosen, names, asked);
    const [logits, ...cache] = others;
    if (logits === undefined) throw new RangeError(`a run gave no ${this.logits}`);
    return { logits, cache, maps };
  }

  async close(): Promise<void> {
    await Promise.all([this.prediction.close(), this.attention.close(), this.gradients.close(), this.tokenizer.close()]);
  }
}
