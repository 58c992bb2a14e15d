import { Tensor } from 'onnxruntime-node';
import {
  ExplainProblem,
  type AttentionGradients,
  type GateGradients,
  type GradientTarget,
  type InnerGradients,
  type InnerTensors,
  type LayerGradients,
} from '#explainers';
import { findHiddenStates } from '#graph';
import type { Feeds } from '../session/onnx-session.js';
import { readFloats } from '../session/read-floats.js';
import type { GradientScorer } from './gradient-scorer.js';
import type { GradientOf, GradientRun, GradientSession } from './gradient-session.js';

/** How rows of token ids become feeds. */
export interface TokenFeeding {
  /** Rows of equal length; padded where the graph fixes more. */
  feed(rows: readonly Int32Array[]): Feeds;
  /** Tokens that are fed for a row of so many. */
  fedTokens(tokens: number): number;
  /** Rows that are fed where the graph fixes them, else null. */
  readonly fixedRows: number | null;
}

/** Tokens of a run forward and back, which are best few: more leave the processor's cache. */
const tokensPerRun = 256;

/** Runs forward and back of a model that reads token ids. */
export class TokenGradients {
  constructor(
    private readonly session: GradientSession,
    private readonly feeding: TokenFeeding,
    private readonly scorer: GradientScorer,
  ) {}

  /** @returns names of the nodes that round in the file, and not here */
  async rounded(): Promise<readonly string[]> {
    return (await this.session.prepared()).raised;
  }

  /**
   * The rows of the embedding.
   *
   * @returns `numbers` [tokens, width]
   */
  async embed(ids: Int32Array, target: GradientTarget): Promise<{ readonly numbers: Float32Array; readonly width: number }> {
    const { embedding } = await this.runRows(ids, 1, { what: 'input' }, target);
    const width = embedding?.dims.at(-1) ?? 0;
    return { numbers: toFloat32(embedding).slice(0, ids.length * width), width };
  }

  /** Rows to a run of points of one text. */
  async rowsAtOnce(tokens: number): Promise<number> {
    const alone = (await this.session.prepared()).trials.every((feeds) => feeds['input_ids']?.dims[0] === 1);
    return alone ? 1 : Math.max(1, Math.floor(tokensPerRun / this.feeding.fedTokens(tokens)));
  }

  /**
   * @param shifts what is added to the rows of the embedding of each row, [tokens, width]
   * @returns a score and a gradient [tokens, width] for each
   */
  async evaluate(
    ids: Int32Array,
    shifts: readonly Float32Array[],
    target: GradientTarget,
  ): Promise<{ readonly scores: Float64Array; readonly gradients: readonly Float32Array[] }> {
    const length = shifts[0]?.length ?? 0;
    const width = length / ids.length;
    const fed = this.feeding.fedTokens(ids.length);
    const rows = this.feeding.fixedRows ?? shifts.length;
    const data = new Float32Array(rows * fed * width);
    shifts.forEach((shift, row) => data.set(shift, row * fed * width));
    const shift = new Tensor('float32', data, [rows, fed, width]);
    const run = await this.runRows(ids, rows, { what: 'input' }, target, shift);
    const gradient = toFloat32(run.gradients[0]);
    return {
      scores: this.scorer.read(run.output, rows, target).subarray(0, shifts.length),
      gradients: shifts.map((_, row) => gradient.slice(row * fed * width, row * fed * width + length)),
    };
  }

  async attendBack(ids: Int32Array, target: GradientTarget): Promise<AttentionGradients> {
    const rows = this.feeding.fixedRows ?? 1;
    const run = await this.runRows(ids, rows, { what: 'attention' }, target);
    const layers = (await this.session.layers()).map((layer, at): LayerGradients => {
      const [values, gradients] = [run.values[at], run.gradients[at]];
      const [, heads = 0, queries = 0, keys = 0] = values?.dims ?? [];
      const kept = { heads, queries: Math.min(queries, ids.length), keys: Math.min(keys, ids.length) };
      const cut = (tensor: Tensor | null | undefined) => cutMap(toFloat32(tensor), { queries, keys }, kept);
      const { kind, operator, node } = layer;
      return {
        ...{ kind, operator, node, layer: layer.layer, ...kept },
        probabilities: cut(values),
        gradients: gradients == null ? new Float32Array(kept.heads * kept.queries * kept.keys) : cut(gradients),
      };
    });
    return { score: this.scorer.read(run.output, rows, target)[0] ?? NaN, layers };
  }

  async gateGradients(ids: Int32Array, target: GradientTarget): Promise<GateGradients> {
    if (this.feeding.fixedRows !== null && this.feeding.fixedRows > 1)
      throw new ExplainProblem('GRADIENT_UNAVAILABLE', `the graph reads exactly ${this.feeding.fixedRows} rows, and gates are of one`);
    const run = await this.runRows(ids, 1, { what: 'gates' }, target);
    const layers = await this.session.gatedLayers();
    const widest = Math.max(0, ...layers.map(({ heads }) => heads));
    const all = toFloat32(run.gradients[0]);
    return {
      score: this.scorer.read(run.output, 1, target)[0] ?? NaN,
      layers: layers.map(({ heads }, layer) => ({ layer, heads })),
      gradients: Float64Array.from(layers.flatMap(({ heads }, layer) => [...all.subarray(layer * widest, layer * widest + heads)])),
    };
  }

  /** The hidden states that each layer of self-attention reads. */
  async innerTensors(): Promise<InnerTensors> {
    const { graph, facts } = await this.session.prepared();
    const layers = (await this.session.layers()).filter(({ kind }) => kind !== 'cross');
    const found = findHiddenStates(graph, facts, layers);
    return {
      tensors: found.map(({ tensor, operator }) => ({ tensor, operator, shape: [null, facts.length(tensor, 2)] })),
      standard: found.at(-1)?.tensor ?? null,
      reason:
        'What the attention of the last layer reads: behind it a classifier looks at one token alone, and the others have no gradient.',
    };
  }

  async innerGradients(ids: Int32Array, target: GradientTarget, tensor: string): Promise<InnerGradients> {
    const rows = this.feeding.fixedRows ?? 1;
    const run = await this.runRows(ids, rows, { what: 'tensor', tensor }, target);
    const width = run.values[0]?.dims.at(-1) ?? 0;
    const cut = (numbers: Float32Array) => numbers.slice(0, ids.length * width);
    const gradient = run.gradients[0];
    return {
      score: this.scorer.read(run.output, rows, target)[0] ?? NaN,
      tensor,
      shape: [ids.length, width],
      values: cut(toFloat32(run.values[0])),
      gradients: gradient == null ? new Float32Array(ids.length * width) : cut(toFloat32(gradient)),
    };
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private async runRows(ids: Int32Array, rows: number, of: GradientOf, target: GradientTarget, shift?: Tensor): Promise<GradientRun> {
    const feeds = this.feeding.feed(Array.from({ length: this.feeding.fixedRows ?? rows }, () => ids));
    const ask = { of, ...this.scorer.ask(target, this.feeding.fixedRows ?? rows), ...(shift === undefined ? {} : { shift }) };
    const run = await this.session.run(feeds, ask);
    this.scorer.read(run.output, rows, target);
    const bad = run.gradients.some((tensor) => tensor !== null && readFloats(tensor)?.every((value) => Number.isFinite(value)) !== true);
    if (!bad) return run;
    const found = await this.session.findNonFinite(feeds, ask);
    const where = found === null ? 'the input' : `the output of node ${JSON.stringify(found.node)} (${found.operator})`;
    throw new ExplainProblem('GRADIENT_NON_FINITE', `the gradient with respect to ${where} is not finite, though the answer is`);
  }
}

function toFloat32(tensor: Tensor | null | undefined): Float32Array {
  const floats = tensor == null ? null : readFloats(tensor);
  if (floats === null) throw new RangeError('a run gave no numbers');
  return floats instanceof Float32Array ? floats : Float32Array.from(floats);
}

interface MapSize {
  readonly queries: number;
  readonly keys: number;
}

/** The first row of a map [rows, heads, queries, keys] without queries and keys that are padding. */
function cutMap(numbers: Float32Array, whole: MapSize, kept: MapSize & { readonly heads: number }): Float32Array {
  const cut = new Float32Array(kept.heads * kept.queries * kept.keys);
  for (let row = 0; row < kept.heads * kept.queries; row++) {
    const from = (Math.floor(row / kept.queries) * whole.queries + (row % kept.queries)) * whole.keys;
    cut.set(numbers.subarray(from, from + kept.keys), row * kept.keys);
  }
  return cut;
}
