import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import { AttentionSession } from '../attention/attention-session.js';
import type { AttentionMap } from '../attention/attention-map.js';
import type { ModelParts } from '../folder/model-folder.js';
import type { OnnxSession } from '../session/onnx-session.js';
import { readScores, type ScoreLayout } from '../session/read-scores.js';
import type { BatchRules } from './plan-batches.js';
import { readMaxTokens } from './read-max-tokens.js';
import { findPadId, findSpecialToken, type SpecialToken } from './special-tokens.js';
import { feedTokens, readTextInputs, type TextInputs } from './text-inputs.js';
import { TokenizerThread } from './tokenizer-thread.js';

/** Tokens of a run. Shorter runs pay for the call, longer ones leave the processor's cache. */
const tokenBudget = 640;
const bucket = 8;
/** Rows to a run for a model whose rows answer differently in other company. */
const rowsInOrder = 8;

/** What all runs of a text model share: session, tokenizer, and how rows become feeds. */
export class TextCore {
  private constructor(
    private readonly session: OnnxSession,
    private readonly layout: ScoreLayout & { readonly fetch: string },
    private readonly inputs: TextInputs,
    readonly maxTokens: number,
    /** Null where the tokenizer has none. */
    readonly mask: SpecialToken | null,
    /** What stands in the padding; null where nothing says it. */
    private readonly padId: number | null,
    readonly tokenizer: TokenizerThread,
    private readonly attention: AttentionSession,
  ) {}

  /** @throws ExplainProblem */
  static open(parts: ModelParts, session: OnnxSession, layout: ScoreLayout & { readonly fetch: string }): TextCore {
    if (parts.tokenizer === null) {
      const remedy = 'Save the tokenizer with `save_pretrained` of a fast tokenizer.';
      throw new ExplainProblem('TOKENIZER_MISSING', 'there is no tokenizer.json in the folder', null, remedy);
    }
    const inputs = readTextInputs(parts.graph);
    const maxTokens = readMaxTokens(parts, inputs.fixedTokens);
    const padId = findPadId(parts);
    if (inputs.fixedTokens !== null && !canPad(inputs, padId)) {
      throw new ExplainProblem(
        'MODEL_UNSUPPORTED',
        `the graph reads exactly ${inputs.fixedTokens} tokens and cannot be told which of them are padding`,
        null,
        'Export the model with an attention_mask or with dynamic axes.',
      );
    }
    const tokenizer = TokenizerThread.open(join(parts.folder, 'tokenizer.json'));
    const attention = new AttentionSession(parts.folder, parts.modelFile);
    return new TextCore(session, layout, inputs, maxTokens, findSpecialToken(parts, 'mask'), padId, tokenizer, attention);
  }

  get outputs(): number {
    return this.layout.outputs;
  }

  batchRules(batchInvariant: boolean): BatchRules {
    const { maxTokens, inputs } = this;
    const { fixedRows, fixedTokens } = inputs;
    const padding = canPad(inputs, this.padId);
    return { tokenBudget, bucket, maxTokens, padding, fixedRows, fixedTokens, rowsInOrder: batchInvariant ? null : rowsInOrder };
  }

  /**
   * One run of the graph.
   *
   * @param tokens every row is padded to
   * @returns [rows x outputs]
   * @throws ExplainProblem MODEL_RUN_FAILED or MODEL_UNSUPPORTED
   */
  async runBatch(rows: readonly Int32Array[], tokens: number): Promise<Float64Array> {
    const last = rows.at(-1);
    const fill = Math.max(0, (this.inputs.fixedRows ?? rows.length) - rows.length);
    const fed = last === undefined ? rows : [...rows, ...Array.from({ length: fill }, () => last)];
    const output = await this.session.run(feedTokens(this.inputs, fed, tokens, this.padId ?? 0), this.layout.fetch);
    return readScores(output, fed.length, this.layout).subarray(0, rows.length * this.layout.outputs);
  }

  /**
   * Attention of one row, padded where the graph fixes its length.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN or MODEL_RUN_FAILED
   */
  async attend(ids: Int32Array): Promise<readonly AttentionMap[]> {
    const { fixedRows, fixedTokens } = this.inputs;
    const tokens = fixedTokens ?? ids.length;
    const batch = fixedRows ?? 1;
    const rows = Array.from({ length: batch }, () => ids);
    const real = Uint8Array.from({ length: batch * tokens }, (_, at) => (at % tokens < ids.length ? 1 : 0));
    return this.attention.run(feedTokens(this.inputs, rows, tokens, this.padId ?? 0), { batch, tokens: real, decoderTokens: null });
  }

  async close(): Promise<void> {
    await Promise.all([this.session.close(), this.attention.close(), this.tokenizer.close()]);
  }
}

function canPad({ types }: TextInputs, padId: number | null): boolean {
  return padId !== null && types.has('attention_mask');
}
