import { ExplainProblem } from './explain-problem.js';
import type { DifferentiableInput } from './differentiable.js';
import { Model } from './served-model.js';
import type { AttentionNumbers, LayerAttention, LayerHeads } from './layer-attention.js';
import { TokenModel } from './token-model.js';

export { Model } from './served-model.js';
export { TokenModel } from './token-model.js';
export type { AttentionNumbers, LayerAttention, LayerHeads, MeasuredRows, QuantisedAttention } from './layer-attention.js';

/** A half-open range of UTF-16 code units in the input text. */
export type Span = readonly [start: number, end: number];

/** A text as its model reads it. All arrays have one entry per token, special tokens included. */
export interface TextEncoding {
  readonly ids: Int32Array;
  readonly tokens: readonly string[];
  /** UTF-16 spans in the text given; [0, 0] for special tokens. */
  readonly offsets: readonly Span[];
  readonly special: readonly boolean[];
  /** Start of the part that did not fit into the model's tokens, null when all of it fitted. */
  readonly cutFrom: number | null;
}

/**
 * Rows of a tabular model, row-major. A categorical cell holds the category's code (its index in
 * `categories`), whatever type the graph wants; a numeric cell its value.
 */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly cells: Float64Array;
}

/** An answer and what the model looked at when it gave it. */
export interface AttendedPrediction {
  /** As `predict` gives them for one row, but for the rounding of another order of operations. */
  readonly outputs: Float64Array;
  /** As `attend` gives them. */
  readonly layers: readonly LayerAttention[];
}

export abstract class TextModel extends TokenModel {
  /** Id of the mask token, null where the tokenizer has none. */
  abstract readonly maskTokenId: number | null;
  /** Tokenises with the model's own special tokens, cut to `maxTokens`. */
  abstract encode(text: string): TextEncoding;
  /** Token ids (special tokens included) of each row -> outputs. Rows may differ in length. */
  abstract predict(rows: readonly Int32Array[]): Promise<Float64Array>;
  /**
   * The attention of every layer for one row of token ids, special tokens included, in the order of the graph.
   *
   * @param _what 'score': the scores before the softmax too; 'byte': rounded to bytes. Each by a session of its own
   * @param _separators tokens that separate texts, of which bytes are measured
   * @throws ExplainProblem ATTENTION_UNAVAILABLE or ATTENTION_UNPROVEN, which name the operator and the node
   */
  attend(
    _ids: Int32Array,
    _what: AttentionNumbers = 'probability',
    _separators: readonly number[] = [],
  ): Promise<readonly LayerAttention[]> {
    return Promise.reject(new ExplainProblem('ATTENTION_UNAVAILABLE', `${this.description.name} shows no attention`));
  }
  /**
   * `predict` and `attend` for one row; in one run where the implementation can.
   *
   * @throws as these
   */
  async predictAttending(
    ids: Int32Array,
    what: AttentionNumbers = 'probability',
    separators: readonly number[] = [],
  ): Promise<AttendedPrediction> {
    return { outputs: await this.predict([ids]), layers: await this.attend(ids, what, separators) };
  }
  /**
   * Layers of self-attention, in the order of the graph, and how many heads of each can be switched off.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE or ATTENTION_UNPROVEN, which name the operator and the node
   */
  readHeads(): Promise<readonly LayerHeads[]> {
    return Promise.reject(new ExplainProblem('ATTENTION_UNAVAILABLE', `${this.description.name} shows no attention`));
  }
  /**
   * As `predict` for one row, once for each setting of the gates behind the heads: what a head mixed out of the values, before the heads are
   * joined and projected, times its gate. 1 leaves a head as it is, 0 replaces its output by zeros.
   *
   * @param _ids one row, special tokens included
   * @param _settings the heads of every layer that `readHeads` lists, one layer after the other
   * @returns [settings x outputs]
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, MODEL_RUN_FAILED or MODEL_OUTPUT_NON_FINITE
   */
  predictGated(_ids: Int32Array, _settings: readonly Float64Array[]): Promise<Float64Array> {
    return Promise.reject(new ExplainProblem('ATTENTION_UNAVAILABLE', `${this.description.name} shows no attention`));
  }
}

export abstract class TabularModel extends Model {
  abstract predict(rows: Table): Promise<Float64Array>;
  /** The model's own background rows (background.csv); zero rows where it has none. */
  abstract background(): Promise<Table>;
  /**
   * A row as numbers, codes of categories among them, as the graph reads them.
   *
   * @throws ExplainProblem GRADIENT_UNAVAILABLE
   */
  differentiate(_row: Float64Array): Promise<DifferentiableInput> {
    return Promise.reject(new ExplainProblem('GRADIENT_UNAVAILABLE', `${this.description.name} has no gradient here`));
  }
}

/** What a language model gives for some of the tokens it has read. */
export interface ReadTokens {
  /** [positions, vocabulary], row-major: logits of the token that follows each position. */
  readonly logits: Float32Array;
  /** One entry per layer, `queries` = positions, `keys` = tokens read so far; null where it was not asked for. */
  readonly attention: readonly LayerAttention[] | null;
}

/** A text that a language model reads token by token. */
export abstract class TokenSequence {
  /** Tokens read so far. */
  abstract readonly length: number;
  /**
   * How many tokens are best read by one call where only the last matter: memory for the scores of attention grows with those of a call
   * times those read so far. Infinity where every call reads the whole text anew.
   */
  abstract readonly atOnce: number;
  /**
   * Reads further tokens. Nothing is read where it fails.
   *
   * @param ids at least one
   * @param last for how many of these, from the end, the logits (and attention rows) are wanted: 1 … ids.length
   * @param attention whether attention rows are wanted as well
   * @returns logits and attention of the last `last` tokens, in their order
   * @throws ExplainProblem CONTEXT_EXCEEDED beyond the context, ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, MODEL_RUN_FAILED, MODEL_OUTPUT_NON_FINITE
   */
  abstract read(ids: Int32Array, last: number, attention: boolean): Promise<ReadTokens>;
}

/** A causal language model: it predicts the next token from those before it. Its `outputs` is the size of its vocabulary. */
export abstract class LanguageModel extends TokenModel {
  /** Tokens that a sequence may have; null where nothing says it. */
  abstract readonly contextLength: number | null;
  /** Ids of the tokens that end a generation, ascending; may be empty. */
  abstract readonly endTokens: readonly number[];
  /**
   * Tokenises with the special tokens that the tokenizer puts before a text (BOS), never an end token; not cut: `cutFrom` is null.
   *
   * @throws ExplainProblem TEXT_INVALID
   */
  abstract encode(text: string): TextEncoding;
  /**
   * Tokenises a text that goes on after `prompt`: the tokens of prompt + continuation that follow the prompt's own.
   *
   * @returns offsets are in the continuation
   * @throws ExplainProblem TEXT_INVALID, or PARAM_INVALID with a remedy if the joined text cannot be cut at the border (a token crosses it)
   */
  abstract encodeContinuation(prompt: string, continuation: string): TextEncoding;
  /**
   * The text of generated tokens, as it goes on after `before`: one string per token. Their concatenation is what decoding all together
   * gives beyond decoding `before`; tokens that complete no character (parts of its bytes) give '', and the last of them the character.
   * Special tokens have no text.
   */
  abstract spell(before: Int32Array, ids: Int32Array): readonly string[];
  /** The token's own name in the vocabulary, e.g. "▁play". */
  abstract nameOf(id: number): string;
  /**
   * A text of no token yet.
   *
   * @param attention which numbers of attention of some of its tokens will be asked for, null for none: each kind comes from a graph of its
   * own, and each graph that is used holds the weights. A `read` that wants attention is refused with ATTENTION_UNAVAILABLE where an operator
   * keeps its scores to itself and these were asked for
   * @param separators tokens that separate texts, of which bytes are measured
   */
  abstract begin(attention: AttentionNumbers | null, separators?: readonly number[]): TokenSequence;
}
