import {
  ExplainProblem,
  TextModel,
  type AttendedPrediction,
  type AttentionGradients,
  type DifferentiableInput,
  type GateGradients,
  type GradientTarget,
  type InnerGradients,
  type InnerTensors,
  type AttentionNumbers,
  type KnownAttention,
  type LayerAttention,
  type LayerHeads,
  type ModelDescription,
  type QuantisedAttention,
  type TextEncoding,
} from '#explainers';
import type { AttentionMap } from '../attention/attention-map.js';
import { ClassScorer } from '../gradient/class-scorer.js';
import { TokenGradients } from '../gradient/token-gradients.js';
import { measure, type RunMeter } from '../gradient/measure.js';
import { TokenInput } from '../gradient/token-input.js';
import { checkFinite } from '../session/check-finite.js';
import { checkText, cutEncoding } from './encode-text.js';
import { keyOfRow, type OutputCache } from './output-cache.js';
import { planBatches } from './plan-batches.js';
import type { TextCore } from './text-core.js';

/** The embedding is given beside the gradient of any score. */
const anyTarget: GradientTarget = { space: 'value', index: 0, against: null };

/** A text model as one run sees it: the counters are its own, session and tokenizer are shared. */
export class OnnxTextModel extends TextModel {
  override readonly outputs: number;
  override readonly maskTokenId: number | null;
  override readonly padTokenId: number;
  private readonly gradients: TokenGradients;
  private readonly meter: RunMeter;
  private rowsAsked = 0;

  /**
   * @param cache scores of earlier runs, null to use none; only for a model that is batch invariant
   * @param spend told the milliseconds of every prediction
   */
  constructor(
    override readonly description: ModelDescription,
    private readonly core: TextCore,
    private readonly cache: OutputCache | null,
    private readonly spend: (ms: number) => void,
  ) {
    super();
    this.outputs = core.outputs;
    this.maskTokenId = core.mask?.id ?? null;
    this.padTokenId = core.padId ?? 0;
    const kind = description.classes.length === 0 ? 'value' : description.output.kind;
    const scale = { width: core.outputs, kind, multiLabel: description.multiLabel };
    this.gradients = new TokenGradients(core.gradients, core.feeding, new ClassScorer(description.output.name, scale, description.classes));
    this.meter = { count: (rows) => void (this.rowsAsked += rows), spend };
  }

  /** Distinct rows of each call, summed. Rows that came from the cache count too, so that no result depends on it. */
  override get modelRows(): number {
    return this.rowsAsked;
  }

  override encode(text: string): TextEncoding {
    checkText(text);
    return cutEncoding(text, this.core.tokenizer.encode(text), this.core.maxTokens);
  }

  override async predict(rows: readonly Int32Array[]): Promise<Float64Array> {
    const startedAt = performance.now();
    try {
      return await this.answer(rows);
    } finally {
      this.spend(performance.now() - startedAt);
    }
  }

  override async attend(
    ids: Int32Array,
    what: AttentionNumbers = 'probability',
    separators: readonly number[] = [],
  ): Promise<readonly LayerAttention[]> {
    const startedAt = performance.now();
    try {
      this.checkLength(ids, 0);
      this.rowsAsked += 1;
      return (await this.core.attend(ids, what, separators)).map((map) => cutPadding(map, ids.length));
    } finally {
      this.spend(performance.now() - startedAt);
    }
  }

  override async predictAttending(
    ids: Int32Array,
    what: AttentionNumbers = 'probability',
    separators: readonly number[] = [],
  ): Promise<AttendedPrediction> {
    const startedAt = performance.now();
    try {
      this.checkLength(ids, 0);
      this.rowsAsked += 1;
      const { answer, maps } = await this.core.runAttending(ids, what, separators);
      checkFinite(answer, this.outputs, this.description.classes, (row) => `row ${row}`);
      return { outputs: answer, layers: maps.map((map) => cutPadding(map, ids.length)) };
    } finally {
      this.spend(performance.now() - startedAt);
    }
  }

  override readLayers(): Promise<KnownAttention> {
    return this.core.readLayers();
  }

  override async readHeads(): Promise<readonly LayerHeads[]> {
    return (await this.core.gatedLayers()).map(({ heads }, layer) => ({ layer, heads }));
  }

  override async predictGated(ids: Int32Array, settings: readonly Float64Array[]): Promise<Float64Array> {
    const startedAt = performance.now();
    try {
      this.checkLength(ids, 0);
      this.rowsAsked += settings.length;
      return await this.answerGated(ids, settings);
    } finally {
      this.spend(performance.now() - startedAt);
    }
  }

  override async embed(ids: Int32Array): Promise<Float32Array> {
    this.checkLength(ids, 0);
    const { numbers } = await measure(this.meter, 1, () => this.gradients.embed(ids, anyTarget));
    return numbers;
  }

  override differentiate(ids: Int32Array): Promise<DifferentiableInput> {
    this.checkLength(ids, 0);
    return TokenInput.open(this.gradients, ids, anyTarget, this.meter);
  }

  override attendBack(ids: Int32Array, target: GradientTarget): Promise<AttentionGradients> {
    this.checkLength(ids, 0);
    return measure(this.meter, 1, () => this.gradients.attendBack(ids, target));
  }

  override gatedHeads(): Promise<readonly LayerHeads[]> {
    return this.gradients.gatedHeads();
  }

  override gateGradients(ids: Int32Array, target: GradientTarget): Promise<GateGradients> {
    this.checkLength(ids, 0);
    return measure(this.meter, 1, () => this.gradients.gateGradients(ids, target));
  }

  override checkGradient(straightThrough: boolean): Promise<void> {
    return this.gradients.check(straightThrough);
  }

  override listRounding(): Promise<readonly string[]> {
    return this.gradients.listPassed();
  }

  override listRaised(): Promise<readonly string[]> {
    return this.gradients.rounded();
  }

  override innerTensors(): Promise<InnerTensors> {
    return this.gradients.innerTensors();
  }

  override innerGradients(ids: Int32Array, target: GradientTarget, tensor: string): Promise<InnerGradients> {
    this.checkLength(ids, 0);
    return measure(this.meter, 1, () => this.gradients.innerGradients(ids, target, tensor));
  }

  private async answerGated(ids: Int32Array, settings: readonly Float64Array[]): Promise<Float64Array> {
    const { outputs } = this;
    const { batchInvariant, classes } = this.description;
    const rules = this.core.batchRules(this.description);
    const result = new Float64Array(settings.length * outputs);
    // Settings of a model whose rows answer differently in other company go alone: their differences are what is asked for.
    for (const batch of planBatches(
      settings.map(() => ids.length),
      batchInvariant ? rules : { ...rules, rowsInOrder: 1 },
    )) {
      const members = batch.rows.flatMap((row) => settings[row] ?? []);
      const answers = await this.core.runGated(ids, members, batch.tokens);
      checkFinite(answers, outputs, classes, (row) => `row ${batch.rows[row] ?? row}`);
      batch.rows.forEach((row, at) => result.set(answers.subarray(at * outputs, (at + 1) * outputs), row * outputs));
    }
    return result;
  }

  private async answer(rows: readonly Int32Array[]): Promise<Float64Array> {
    const { outputs } = this;
    const places = new Map<string, number>();
    const distinct: { readonly key: string; readonly ids: Int32Array; readonly row: number }[] = [];
    const placeOf = rows.map((ids, row) => {
      const key = keyOfRow(ids);
      const known = places.get(key);
      if (known !== undefined) return known;
      this.checkLength(ids, row);
      places.set(key, distinct.length);
      return distinct.push({ key, ids, row }) - 1;
    });
    this.rowsAsked += distinct.length;

    const scores: (Float64Array | undefined)[] = distinct.map(({ key }) => this.cache?.get(this.description.sha256, key));
    const missing = distinct.flatMap((one, place) => (scores[place] === undefined ? [{ ...one, place }] : []));
    for (const batch of planBatches(
      missing.map(({ ids }) => ids.length),
      this.core.batchRules(this.description),
    )) {
      const members = batch.rows.flatMap((index) => missing[index] ?? []);
      const answers = await this.core.runBatch(
        members.map(({ ids }) => ids),
        batch.tokens,
      );
      checkFinite(answers, outputs, this.description.classes, (row) => `row ${members[row]?.row ?? row}`);
      members.forEach(({ key, place }, row) => {
        const answer = answers.slice(row * outputs, (row + 1) * outputs);
        scores[place] = answer;
        this.cache?.set(this.description.sha256, key, answer);
      });
    }

    const result = new Float64Array(rows.length * outputs);
    placeOf.forEach((place, row) => {
      const answer = scores[place];
      if (answer !== undefined) result.set(answer, row * outputs);
    });
    return result;
  }

  private checkLength(ids: Int32Array, row: number): void {
    if (ids.length === 0) throw new ExplainProblem('MODEL_RUN_FAILED', `row ${row} has no token left`);
    if (ids.length > this.core.maxTokens)
      throw new ExplainProblem('MODEL_RUN_FAILED', `row ${row} has ${ids.length} tokens, and the model reads ${this.core.maxTokens}`);
  }
}

/**
 * The first row of a map, without queries and keys that are padding.
 *
 * @param tokens that are none
 */
export function cutPadding(map: AttentionMap, tokens: number): LayerAttention {
  const { layer, heads, queries, keys, probabilities, quantised, scores } = map;
  const { kind, operator, node } = layer;
  const kept = { kind, layer: layer.layer, operator, node, heads, queries: Math.min(queries, tokens), keys: Math.min(keys, tokens) };
  if (quantised !== null) return { ...kept, probabilities, quantised: cutQuantised(quantised, map, kept) };
  const cut = (numbers: Float32Array | Float64Array) => cutNumbers(numbers, map, kept, (length) => new Float64Array(length));
  return { ...kept, probabilities: cut(probabilities), ...(scores === null ? {} : { scores: cut(scores) }) };
}

type Size = Pick<AttentionMap, 'heads' | 'queries' | 'keys'>;

function cutQuantised({ bytes, rows }: QuantisedAttention, whole: Size, kept: Size): QuantisedAttention {
  const column = (numbers: Float32Array) =>
    cutNumbers(numbers, { ...whole, keys: 1 }, { ...kept, keys: 1 }, (length) => new Float32Array(length));
  return {
    bytes: cutNumbers(bytes, whole, kept, (length) => new Uint8Array(length)),
    rows: {
      most: column(rows.most),
      entropy: column(rows.entropy),
      first: column(rows.first),
      separator: column(rows.separator),
      distance: column(rows.distance),
      self: column(rows.self),
      previous: column(rows.previous),
    },
  };
}

function cutNumbers<Numbers extends Float32Array | Float64Array | Uint8Array>(
  numbers: Numbers,
  { heads, queries, keys }: Size,
  kept: Size,
  make: (length: number) => Numbers,
): Numbers {
  if (kept.queries === queries && kept.keys === keys) return numbers.subarray(0, heads * queries * keys) as Numbers;
  const cut = make(heads * kept.queries * kept.keys);
  for (let row = 0; row < heads * kept.queries; row++) {
    const head = Math.floor(row / kept.queries);
    const start = (head * queries + (row % kept.queries)) * keys;
    cut.set(numbers.subarray(start, start + kept.keys), row * kept.keys);
  }
  return cut;
}
