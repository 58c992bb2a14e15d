import type { AttentionGradients, TokenScore } from './differentiable.js';
import { ExplainProblem } from './explain-problem.js';
import { Model, type TextEncoding, type TextModel, type TokenSequence } from './model.js';

/**
 * A model whose decoder writes a text, the output, while it looks at the encoded tokens of another one, the source. Its `outputs` is the size
 * of its vocabulary.
 */
export abstract class EncoderDecoderModel extends Model {
  /** Tokens that a source may have, and an output; null where nothing says it. */
  abstract readonly contextLength: number | null;
  /** Ids of the tokens that end an output, ascending; may be empty. */
  abstract readonly endTokens: readonly number[];
  /** Ids that every output begins with and that are not chosen by the model; at least one. */
  abstract readonly startTokens: Int32Array;
  /** The encoder alone: it answers nothing (`outputs` is 0) and shows its attention. */
  abstract readonly encoder: TextModel;
  /**
   * Tokenises a source with the model's own special tokens; not cut: `cutFrom` is null.
   *
   * @throws ExplainProblem TEXT_INVALID
   */
  abstract encode(text: string): TextEncoding;
  /**
   * Tokenises an output as it follows the start tokens: with the special tokens that the tokenizer puts before a text unless these end in
   * them, and without an end token.
   *
   * @throws ExplainProblem TEXT_INVALID
   */
  abstract encodeOutput(text: string): TextEncoding;
  /** The text of tokens of an output, as it goes on after `before`; as `LanguageModel.spell`. */
  abstract spell(before: Int32Array, ids: Int32Array): readonly string[];
  /** The token's own name in the vocabulary. */
  abstract nameOf(id: number): string;
  /**
   * An output of no token yet. What it reads first are the start tokens. Its attention has the layers of the decoder: those of kind
   * causal-self, whose keys are the tokens of the output read so far, and cross, whose keys are those of the source.
   *
   * @param source token ids, special tokens included
   */
  abstract begin(source: Int32Array): TokenSequence;
  /**
   * Attention of every layer with the gradient of a score: those of kind self are the encoder's, the others the decoder's.
   *
   * @param _source token ids, special tokens included
   * @param _output ids that the decoder has read, its start tokens included
   * @param _target whose positions are places in the output
   * @throws ExplainProblem TEXT_EMPTY, CONTEXT_EXCEEDED, GRADIENT_UNAVAILABLE, GRADIENT_NON_FINITE, ATTENTION_UNAVAILABLE, MODEL_RUN_FAILED or
   * MODEL_OUTPUT_NON_FINITE
   */
  attendBack(_source: Int32Array, _output: Int32Array, _target: TokenScore): Promise<AttentionGradients> {
    return Promise.reject(new ExplainProblem('GRADIENT_UNAVAILABLE', `${this.description.name} has no gradient here`));
  }
}
