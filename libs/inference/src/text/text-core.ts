import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type AttentionNumbers, type KnownAttention, type ModelDescription } from '#explainers';
import type { GateableLayer } from '#graph';
import { AttentionSession } from '../attention/attention-session.js';
import type { AttentionMap, RealTokens } from '../attention/attention-map.js';
import { GateSession } from '../attention/gate-session.js';
import { tellLayers } from '../attention/tell-layers.js';
import type { ModelParts } from '../folder/model-folder.js';
import { GradientSession } from '../gradient/gradient-session.js';
import { makeTokenTrials } from '../gradient/make-token-trials.js';
import type { TokenFeeding } from '../gradient/token-gradients.js';
import type { Feeds, OnnxSession } from '../session/onnx-session.js';
import { readScores, type ScoreLayout } from '../session/read-scores.js';
import { roundsByRun } from '../session/rounds-by-run.js';
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

/** What registration measured of the rows of a run. */
export type RowRules = Pick<ModelDescription, 'batchInvariant' | 'paddingMatters'>;

/** What all runs of a text model share: session, tokenizer, and how rows become feeds. */
export class TextCore {
  private readonly attention: AttentionSession;
  private readonly gates: GateSession;
  /** Runs forward and back. */
  readonly gradients: GradientSession;
  readonly feeding: TokenFeeding;

  private readonly alone: boolean;

  private constructor(
    parts: Pick<ModelParts, 'folder' | 'modelFile' | 'graph'>,
    private readonly session: OnnxSession,
    private readonly layout: ScoreLayout & { readonly fetch: string },
    private readonly inputs: TextInputs,
    readonly maxTokens: number,
    /** Null where the tokenizer has none. */
    readonly mask: SpecialToken | null,
    /** What stands in the padding; null where nothing says it. */
    readonly padId: number | null,
    readonly tokenizer: TokenizerThread,
  ) {
    this.alone = roundsByRun(parts.graph);
    this.attention = new AttentionSession(parts.folder, parts.modelFile);
    this.gates = new GateSession(parts.folder, parts.modelFile, (attention) =>
      this.attendWith(attention, Int32Array.of(padId ?? 0), 'probability', []),
    );
    this.feeding = {
      feed: (rows) => this.feed(rows, this.inputs.fixedTokens ?? rows[0]?.length ?? 0),
      tokensOf: ({ length }) => length,
      fedTokens: (tokens) => this.inputs.fixedTokens ?? tokens,
      fixedRows: this.inputs.fixedRows,
      alone: this.alone,
    };
    this.gradients = new GradientSession({
      ...{ folder: parts.folder, modelFile: parts.modelFile, output: layout.fetch, ids: 'input_ids', numbers: null, chosen: false },
      pairs: layout.outputs === 2 && layout.kind !== 'value' ? layout.kind : null,
      trials: () => makeTokenTrials(this.feeding),
    });
  }

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
    return new TextCore(parts, session, layout, inputs, maxTokens, findSpecialToken(parts, 'mask'), padId, tokenizer);
  }

  get outputs(): number {
    return this.layout.outputs;
  }

  batchRules({ batchInvariant, paddingMatters }: RowRules): BatchRules {
    const { alone, maxTokens, inputs } = this;
    const { fixedRows, fixedTokens } = inputs;
    const padding = paddingMatters !== true && canPad(inputs, this.padId);
    return { tokenBudget, bucket, maxTokens, padding, fixedRows, fixedTokens, alone, rowsInOrder: batchInvariant ? null : rowsInOrder };
  }

  /**
   * One run of the graph.
   *
   * @param tokens every row is padded to
   * @returns [rows x outputs]
   * @throws ExplainProblem MODEL_RUN_FAILED or MODEL_UNSUPPORTED
   */
  async runBatch(rows: readonly Int32Array[], tokens: number): Promise<Float64Array> {
    const fed = this.fillRows(rows);
    const output = await this.session.run(this.feed(fed, tokens), this.layout.fetch);
    return readScores(output, fed.length, this.layout).subarray(0, rows.length * this.layout.outputs);
  }

  /**
   * The explained tensor for one row, as the graph gives it.
   *
   * @returns `tokens` that were fed, padding included
   * @throws ExplainProblem MODEL_RUN_FAILED
   */
  async runWhole(ids: Int32Array): Promise<{ readonly output: Tensor; readonly tokens: number }> {
    const output = await this.session.run(this.feedOne(ids).feeds, this.layout.fetch);
    return { output, tokens: this.inputs.fixedTokens ?? ids.length };
  }

  /** Layers of the graph, without a run. Throws ExplainProblem ATTENTION_UNAVAILABLE. */
  async readLayers(): Promise<KnownAttention> {
    return tellLayers(await this.attention.layers());
  }

  /** Layers whose heads have gates. Throws ExplainProblem ATTENTION_UNAVAILABLE or ATTENTION_UNPROVEN. */
  gatedLayers(): Promise<readonly GateableLayer[]> {
    return this.gates.layers();
  }

  /**
   * One run of the graph with gates on its heads.
   *
   * @param ids of every row alike
   * @param settings of the gates for each row: the heads of `gatedLayers`, one layer after the other
   * @param tokens every row is padded to
   * @returns [settings x outputs]
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, MODEL_RUN_FAILED or MODEL_UNSUPPORTED
   */
  async runGated(ids: Int32Array, settings: readonly Float64Array[], tokens: number): Promise<Float64Array> {
    const fed = this.fillRows(settings);
    const feeds = this.feed(
      fed.map(() => ids),
      tokens,
    );
    const output = await this.gates.run(feeds, fed, this.layout.fetch);
    return readScores(output, fed.length, this.layout).subarray(0, settings.length * this.layout.outputs);
  }

  /**
   * Attention of one row, padded where the graph fixes its length.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN or MODEL_RUN_FAILED
   */
  attend(ids: Int32Array, what: AttentionNumbers, separators: readonly number[] = []): Promise<readonly AttentionMap[]> {
    return this.attendWith(this.attention, ids, what, separators);
  }

  /**
   * Scores of the classes and attention of one row, of one run.
   *
   * @returns scores of the row as `runBatch` gives them
   * @throws as `attend`
   */
  async runAttending(
    ids: Int32Array,
    what: AttentionNumbers,
    separators: readonly number[],
  ): Promise<{ readonly answer: Float64Array; readonly maps: readonly AttentionMap[] }> {
    const { feeds, real } = this.feedOne(ids);
    const { maps, answer } = await this.attention.runAnswering(feeds, real, this.layout.fetch, what, separators);
    return { answer: readScores(answer, real.batch, this.layout).subarray(0, this.layout.outputs), maps };
  }

  async close(): Promise<void> {
    await Promise.all([this.session.close(), this.attention.close(), this.gates.close(), this.gradients.close(), this.tokenizer.close()]);
  }

  private attendWith(
    session: AttentionSession,
    ids: Int32Array,
    what: AttentionNumbers,
    separators: readonly number[],
  ): Promise<readonly AttentionMap[]> {
    const { feeds, real } = this.feedOne(ids);
    return session.run(feeds, real, () => true, what, separators);
  }

  private feedOne(ids: Int32Array): { readonly feeds: Feeds; readonly real: RealTokens } {
    const { fixedRows, fixedTokens } = this.inputs;
    const tokens = fixedTokens ?? ids.length;
    const batch = fixedRows ?? 1;
    const rows = Array.from({ length: batch }, () => ids);
    const real = Uint8Array.from({ length: batch * tokens }, (_, at) => (at % tokens < ids.length ? 1 : 0));
    return { feeds: this.feed(rows, tokens), real: { batch, tokens: real, decoderTokens: null } };
  }

  private feed(rows: readonly Int32Array[], tokens: number): Feeds {
    return feedTokens(this.inputs, rows, tokens, this.padId ?? 0);
  }

  /** As many rows as the graph fixes: the last is fed again. */
  private fillRows<Row>(rows: readonly Row[]): readonly Row[] {
    const last = rows.at(-1);
    const fill = Math.max(0, (this.inputs.fixedRows ?? rows.length) - rows.length);
    return last === undefined ? rows : [...rows, ...Array.from({ length: fill }, () => last)];
  }
}

function canPad({ types }: TextInputs, padId: number | null): boolean {
  return padId !== null && types.has('attention_mask');
}
