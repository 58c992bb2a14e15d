import { join } from 'node:path';
import { ExplainProblem, type AttentionNumbers, type TextEncoding } from '#explainers';
import type { AttentionMap, ChosenQueries } from '../attention/attention-map.js';
import { AttentionSession, type AskedNumbers } from '../attention/attention-session.js';
import type { ModelParts } from '../folder/model-folder.js';
import { GradientSession } from '../gradient/gradient-session.js';
import type { RowFeeding } from '../gradient/row-gradients.js';
import { countLeading, encodePrompt } from '../language/encode-prompt.js';
import type { Pass } from '../language/language-core.js';
import { readEndTokens } from '../language/read-end-tokens.js';
import type { Serving } from '../serving.js';
import { OnnxSession } from '../session/onnx-session.js';
import { cutEncoding } from '../text/encode-text.js';
import { TokenizerThread } from '../text/tokenizer-thread.js';
import { feedEncoderDecoder, readEncoderDecoderInputs, type EncoderDecoderInputs, type TokenPair } from './encoder-decoder-inputs.js';
import { makePairTrials } from './make-pair-trials.js';
import { readStartTokens } from './read-start-tokens.js';

const real = { batch: 1, tokens: null, decoderTokens: null };

/** What all runs of an encoder-decoder share: tokenizer, and the sessions of its graphs, each opened when it is first used. */
export class EncoderDecoderCore {
  private leading: Int32Array | null = null;

  private constructor(
    /** Of the file as it is; it only predicts. */
    readonly prediction: OnnxSession,
    private readonly attention: AttentionSession,
    /** Runs forward and back, of a source with its output. */
    readonly gradients: GradientSession,
    readonly feeding: RowFeeding<TokenPair>,
    private readonly inputs: EncoderDecoderInputs,
    private readonly logits: string,
    readonly vocabulary: number,
    readonly contextLength: number | null,
    readonly startTokens: Int32Array,
    readonly endTokens: readonly number[],
    readonly tokenizer: TokenizerThread,
  ) {}

  /** @throws ExplainProblem */
  static open(parts: ModelParts, { output, outputs, maxTokens }: Serving): EncoderDecoderCore {
    if (parts.tokenizer === null) {
      const remedy = 'Save the tokenizer with `save_pretrained` of a fast tokenizer.';
      throw new ExplainProblem('TOKENIZER_MISSING', 'there is no tokenizer.json in the folder', null, remedy);
    }
    const { folder, modelFile, graph } = parts;
    const inputs = readEncoderDecoderInputs(graph);
    const feeding: RowFeeding<TokenPair> = {
      feed: ([pair]) => feedEncoderDecoder(inputs, pair?.source ?? new Int32Array(), pair?.output ?? new Int32Array()),
      tokensOf: () => Infinity,
      fixedRows: 1,
    };
    return new EncoderDecoderCore(
      new OnnxSession({ folder, modelFile, patched: null }),
      new AttentionSession(folder, modelFile),
      new GradientSession({
        ...{ folder, modelFile, output: output.fetch, pairs: null, ids: 'input_ids', numbers: null, chosen: true },
        trials: () => makePairTrials(feeding),
      }),
      feeding,
      inputs,
      output.fetch,
      outputs,
      maxTokens,
      readStartTokens(parts, outputs),
      readEndTokens(parts, outputs),
      TokenizerThread.open(join(folder, 'tokenizer.json')),
    );
  }

  /**
   * A source, with all special tokens.
   *
   * @param most tokens that are kept
   * @throws ExplainProblem MODEL_RUN_FAILED where the tokenizer refuses the text
   */
  encode(text: string, most = Infinity): TextEncoding {
    return cutEncoding(text, this.tokenizer.encode(text), most);
  }

  /** An output as it follows the start tokens; throws as `encode`. */
  encodeOutput(text: string): TextEncoding {
    this.leading ??= this.readLeading();
    const { leading, startTokens } = this;
    const encoding = encodePrompt(text, this.tokenizer.encode(text), leading.length);
    const begun = leading.length <= startTokens.length && leading.every((id, at) => startTokens.at(at - leading.length) === id);
    const from = begun ? leading.length : 0;
    return {
      ids: encoding.ids.slice(from),
      tokens: encoding.tokens.slice(from),
      offsets: encoding.offsets.slice(from),
      special: encoding.special.slice(from),
      cutFrom: null,
    };
  }

  /**
   * One pass of the whole graph.
   *
   * @param output ids so far, start tokens included
   * @param chosen places in the output whose attention is wanted
   * @param asked the graph that gives these numbers of attention is gone through; null for the file's own
   * @returns `maps` of the decoder's layers
   * @throws ExplainProblem MODEL_RUN_FAILED, ATTENTION_UNAVAILABLE or ATTENTION_UNPROVEN
   */
  async pass(source: Int32Array, output: Int32Array, chosen: ChosenQueries, asked: AskedNumbers | null): Promise<Omit<Pass, 'cache'>> {
    const feeds = feedEncoderDecoder(this.inputs, source, output);
    const names = [this.logits];
    const { maps, others } =
      asked === null
        ? { maps: [], others: await this.prediction.runAll(feeds, names) }
        : await this.attention.runBeside(feeds, real, chosen, names, asked);
    const [logits] = others;
    if (logits === undefined) throw new RangeError(`a run gave no ${this.logits}`);
    return { logits, maps };
  }

  /** Attention of the encoder's layers; throws as `pass`. */
  async attendSource(source: Int32Array, what: AttentionNumbers, separators: readonly number[]): Promise<readonly AttentionMap[]> {
    const feeds = feedEncoderDecoder(this.inputs, source, this.startTokens);
    return this.attention.run(feeds, real, ({ kind }) => kind === 'self', what, separators);
  }

  async close(): Promise<void> {
    await Promise.all([this.prediction.close(), this.attention.close(), this.gradients.close(), this.tokenizer.close()]);
  }

  private readLeading(): Int32Array {
    const raw = this.tokenizer.encode('a');
    return raw.ids.slice(0, countLeading(raw));
  }
}
