import type { Tensor } from 'onnxruntime-node';
import {
  ExplainProblem,
  type AttentionGradients,
  type GateGradients,
  type GradientTarget,
  type InnerGradients,
  type InnerTensors,
  type LayerGradients,
  type LayerHeads,
  type PointNames,
} from '#explainers';
import type { Feeds } from '../session/onnx-session.js';
import { readFloats } from '../session/read-floats.js';
import { theInput, type GradientScorer } from './gradient-scorer.js';
import type { GradientAsk, GradientOf, GradientRun, GradientSession } from './gradient-session.js';

/** How rows become feeds: token ids, or the numbers of pictures. */
export interface RowFeeding<Row> {
  /** Rows of equal length; padded where the graph fixes more. */
  feed(rows: readonly Row[]): Feeds;
  /** Tokens of a row that are its own; infinite where there is no padding to cut off. */
  tokensOf(row: Row): number;
  /** Rows that are fed where the graph fixes them, else null. */
  readonly fixedRows: number | null;
}

/** What a run may be asked for beside its gradient. */
export interface RunDetails extends Pick<GradientAsk, 'shift' | 'scoresOnly'> {
  /** What a refusal calls each row; "the input" where it is left out. */
  readonly called?: PointNames;
}

/** Runs forward and back of a model, of one input at a time. */
export class RowGradients<Row> {
  constructor(
    protected readonly session: GradientSession,
    protected readonly rows: RowFeeding<Row>,
    protected readonly scorer: GradientScorer,
  ) {}

  async attendBack(row: Row, target: GradientTarget): Promise<AttentionGradients> {
    const rows = this.rows.fixedRows ?? 1;
    const run = await this.runRows(row, rows, { what: 'attention' }, target);
    const tokens = this.rows.tokensOf(row);
    const layers = (await this.session.layers()).map((layer, at): LayerGradients => {
      const [values, gradients] = [run.values[at], run.gradients[at]];
      const [, heads = 0, queries = 0, keys = 0] = values?.dims ?? [];
      const kept = { heads, queries: Math.min(queries, tokens), keys: Math.min(keys, tokens) };
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

  /** Heads that have gates. */
  async gatedHeads(): Promise<readonly LayerHeads[]> {
    return (await this.session.gatedLayers()).map(({ heads }, layer) => ({ layer, heads }));
  }

  async gateGradients(row: Row, target: GradientTarget): Promise<GateGradients> {
    if (this.rows.fixedRows !== null && this.rows.fixedRows > 1)
      throw new ExplainProblem('GRADIENT_UNAVAILABLE', `the graph reads exactly ${this.rows.fixedRows} rows, and gates are of one`);
    const run = await this.runRows(row, 1, { what: 'gates' }, target);
    const layers = await this.session.gatedLayers();
    const widest = Math.max(0, ...layers.map(({ heads }) => heads));
    const all = toFloat32(run.gradients[0]);
    return {
      score: this.scorer.read(run.output, 1, target)[0] ?? NaN,
      layers: layers.map(({ heads }, layer) => ({ layer, heads })),
      gradients: Float64Array.from(layers.flatMap(({ heads }, layer) => [...all.subarray(layer * widest, layer * widest + heads)])),
    };
  }

  /** Throws as the session's `check`. */
  check(straightThrough: boolean): Promise<void> {
    return this.session.check(straightThrough);
  }

  /** Nodes that round and that a straight-through gradient passes. */
  listPassed(): Promise<readonly string[]> {
    return this.session.listPassed();
  }

  /** Tensors that Grad-CAM can read. */
  innerTensors(): Promise<InnerTensors> {
    return this.session.innerTensors();
  }

  async innerGradients(row: Row, target: GradientTarget, tensor: string): Promise<InnerGradients> {
    const rows = this.rows.fixedRows ?? 1;
    const run = await this.runRows(row, rows, { what: 'tensor', tensor }, target);
    const [, ...dims] = run.values[0]?.dims ?? [];
    const shape = dims.length === 2 ? [Math.min(dims[0] ?? 0, this.rows.tokensOf(row)), dims[1] ?? 0] : dims;
    const size = shape.reduce((product, length) => product * length, 1);
    const gradient = run.gradients[0];
    return {
      score: this.scorer.read(run.output, rows, target)[0] ?? NaN,
      tensor,
      shape,
      values: toFloat32(run.values[0]).slice(0, size),
      gradients: gradient == null ? new Float32Array(size) : toFloat32(gradient).slice(0, size),
    };
  }

  close(): Promise<void> {
    return this.session.close();
  }

  protected async runRows(
    row: Row,
    rows: number,
    of: GradientOf,
    target: GradientTarget,
    { called = theInput, ...more }: RunDetails = {},
  ): Promise<GradientRun> {
    const fed = this.rows.fixedRows ?? rows;
    const feeds = this.rows.feed(Array.from({ length: fed }, () => row));
    const { straightThrough = false } = target;
    const ask = { of, straightThrough, ...this.scorer.ask(target, fed), ...more };
    return this.session.run(feeds, ask, (output) => void this.scorer.read(output, fed, target, called));
  }
}

export function toFloat32(tensor: Tensor | null | undefined): Float32Array {
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
