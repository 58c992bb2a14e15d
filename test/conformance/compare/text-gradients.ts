import { Tensor } from 'onnxruntime-node';
import { carryCrossRelevance, carryRelevance, rollOutAttention } from '#attribution';
import type { AttentionLayer } from '#graph';
import { readFloats, type GradientRun, type GradientSession } from '#inference';
import { gaussLegendre } from '#numeric';
import type { ConformanceCase } from '../conformance-case.js';
import type { CaseRun } from '../feed-case.js';
import type { ProducedTensors } from './produced-tensors.js';

const steps = 50;
/** Names of references with the kind of attention that each holds. */
const kinds = [
  ['attentions', 'grad_attentions', ['self', 'causal-self']],
  ['encoder_attentions', 'grad_encoder_attentions', ['self']],
  ['decoder_attentions', 'grad_decoder_attentions', ['causal-self']],
  ['cross_attentions', 'grad_cross_attentions', ['cross']],
] as const;

/** What one run of a text case gives, put where the reference has it. */
export class TextGradients {
  constructor(
    private readonly one: ConformanceCase,
    private readonly run: CaseRun,
    private readonly session: Pick<GradientSession, 'run' | 'layers'>,
    private readonly produced: ProducedTensors,
    private readonly prefix: string,
  ) {}

  /** Gradients of every target with respect to the rows of the embedding. */
  async produceInput(): Promise<void> {
    for (const [target, weights] of this.targets().entries()) {
      const run = await this.session.run(this.run.feeds, { of: { what: 'input' }, space: 'raw', weights });
      const [gradient] = run.gradients;
      if (run.embedding === null || gradient == null) throw new Error('there is no gradient of the embedding');
      const [, tokens = 0, width = 0] = gradient.dims;
      this.run.rows.forEach((row, place) => {
        for (let token = 0; token < tokens; token++) {
          const from = (place * tokens + token) * width;
          const [own, embedded] = [numbers(gradient, from, width), numbers(run.embedding, from, width)];
          this.produced.put(`${this.prefix}embeddings`, [row, token], embedded);
          this.produced.put(`grad_${this.prefix}embeddings`, [target, row, token], own);
          this.produced.put(`${this.prefix}saliency_l2`, [target, row, token], [Math.hypot(...own)]);
          this.produced.put(
            `${this.prefix}gradient_x_input`,
            [target, row, token],
            [own.reduce((sum, one, at) => sum + one * (embedded[at] ?? 0), 0)],
          );
        }
        if (this.prefix === '') this.putLogits(run, place, row);
      });
    }
  }

  /** Attention with its gradients, relevance, rollout and integrated gradients. */
  async produceRest(): Promise<void> {
    await this.produceAttention();
    if (this.produced.wants('ig') || this.produced.wants('ig_tokens')) await this.integrate();
  }

  private putLogits({ output }: GradientRun, place: number, row: number): void {
    const size = output.size / this.run.rows.length;
    this.produced.put('logits', [row], numbers(output, place * size, size));
  }

  private async produceAttention(): Promise<void> {
    const layers = await this.session.layers();
    const ask = async (weights: Tensor) => this.session.run(this.run.feeds, { of: { what: 'attention' }, space: 'raw', weights });
    for (const [target, weights] of this.targets().entries()) {
      const run = await ask(weights);
      for (const names of kinds) this.putLayers(run, layers, names, target);
      if (this.produced.wants('chefer_cross')) this.putPair(run, layers);
    }
    const chosen = await ask(this.chosenWeights());
    this.putChosen(chosen);
  }

  private putLayers(
    run: GradientRun,
    layers: readonly Pick<AttentionLayer, 'kind'>[],
    [values, gradients, kind]: (typeof kinds)[number],
    target: number,
  ): void {
    if (!this.produced.wants(values) && !this.produced.wants(gradients)) return;
    const own = layers.flatMap((layer, at) => ((kind as readonly string[]).includes(layer.kind) ? [at] : []));
    own.forEach((at, number) => {
      const [probabilities, gradient] = [run.values[at], run.gradients[at]];
      if (probabilities === undefined || gradient == null) throw new Error(`layer ${number} has no gradient`);
      const leads = this.produced.shapeOf(gradients).length === 6 ? [target] : [];
      this.eachRow(probabilities, ({ row, head, query, from, keys }) => {
        this.produced.put(values, [number, row, head, query], numbers(probabilities, from, keys));
        this.produced.put(gradients, [...leads, number, row, head, query], numbers(gradient, from, keys));
      });
    });
  }

  /** Relevance through encoder, decoder and cross-attention. */
  private putPair(run: GradientRun, layers: readonly Pick<AttentionLayer, 'kind'>[]): void {
    const sizeOf = (kind: AttentionLayer['kind']) => run.values[layers.findIndex((layer) => layer.kind === kind)]?.dims[2] ?? 0;
    const [source, output] = [sizeOf('self'), sizeOf('cross')];
    this.run.rows.forEach((row, place) => {
      const maps = layers.map(({ kind }, at) => {
        const [, heads = 0, queries = 0, keys = 0] = run.values[at]?.dims ?? [];
        const take = (tensor: Tensor | null | undefined) => numbers(tensor, place * heads * queries * keys, heads * queries * keys);
        return { kind, heads, probabilities: take(run.values[at]), gradients: take(run.gradients[at]) };
      });
      const { cross, decoder, encoder } = carryCrossRelevance(maps, { source, output });
      const put = (name: string, map: Float64Array, keys: number, isKept: (query: number) => boolean) => {
        for (let query = 0; query < map.length / keys; query++)
          if (isKept(query)) this.produced.put(name, [row, query], map.subarray(query * keys, (query + 1) * keys));
      };
      put('chefer_cross', cross, source, () => true);
      put('chefer_decoder', decoder, output, () => true);
      put('chefer_encoder', encoder, source, (query) => this.isReal(place, query));
    });
  }

  private putChosen(run: GradientRun): void {
    const layers = run.values.map((probabilities, at) => ({ probabilities, gradient: run.gradients[at] ?? null }));
    layers.forEach(({ probabilities, gradient }, number) => {
      if (gradient === null) throw new Error(`layer ${number} has no gradient`);
      this.eachRow(probabilities, ({ row, head, query, from, keys }) =>
        this.produced.put('grad_attentions_chosen', [number, row, head, query], numbers(gradient, from, keys)),
      );
    });
    if (!this.produced.wants('chefer_row') && !this.produced.wants('rollout_row')) return;
    const [, heads = 0, tokens = 0] = layers[0]?.probabilities.dims ?? [];
    this.run.rows.forEach((row, place) => {
      const size = heads * tokens * tokens;
      const maps = layers.map(({ probabilities, gradient }) => ({
        heads,
        probabilities: numbers(probabilities, place * size, size),
        gradients: numbers(gradient, place * size, size),
      }));
      const [relevance, rollout] = [carryRelevance(maps, tokens), rollOutAttention(maps, tokens)];
      const explained = this.explainedPosition(row);
      for (let query = 0; query < tokens; query++) {
        if (!this.isReal(place, query)) continue;
        const own = (numbers: Float64Array) => numbers.subarray(query * tokens, (query + 1) * tokens);
        this.produced.put('chefer', [row, query], own(relevance));
        this.produced.put('rollout', [row, query], own(rollout));
        if (query !== explained) continue;
        this.produced.put('chefer_row', [row], own(relevance));
        this.produced.put('rollout_row', [row], own(rollout));
      }
    });
  }

  private async integrate(): Promise<void> {
    const weights = this.chosenWeights();
    const pads = await this.session.run(this.padFeeds(), { of: { what: 'input' }, space: 'raw', weights });
    const plain = await this.session.run(this.run.feeds, { of: { what: 'input' }, space: 'raw', weights });
    if (pads.embedding === null || plain.embedding === null) throw new Error('there is no embedding');
    const { dims } = plain.embedding;
    const [, tokens = 0, width = 0] = dims;
    const [own, pad] = [numbers(plain.embedding), numbers(pads.embedding)];
    const kept = (at: number) => this.kept(this.run.rows[Math.floor(at / (tokens * width))] ?? 0, Math.floor(at / width) % tokens);
    const path = own.map((value, at) => (kept(at) ? 0 : value - (pad[at] ?? NaN)));
    const sum = new Float64Array(path.length);
    const { nodes, weights: shares } = gaussLegendre(steps);
    for (const [step, node] of nodes.entries()) {
      const shift = new Tensor(
        'float32',
        Float32Array.from(path, (value) => (node - 1) * value),
        dims,
      );
      const { gradients } = await this.session.run(this.run.feeds, { of: { what: 'input' }, space: 'raw', weights, shift });
      numbers(gradients[0] ?? null).forEach((value, at) => (sum[at] = (sum[at] ?? 0) + (shares[step] ?? 0) * value * (path[at] ?? 0)));
    }
    this.run.rows.forEach((row, place) => {
      for (let token = 0; token < tokens; token++) {
        const part = sum.subarray((place * tokens + token) * width, (place * tokens + token + 1) * width);
        this.produced.put('ig', [row, token], part);
        this.produced.put('ig_tokens', [row, token], [part.reduce((total, value) => total + value, 0)]);
      }
    });
  }

  private padFeeds(): CaseRun['feeds'] {
    const ids = this.run.feeds['input_ids'];
    if (ids === undefined) throw new Error('no ids are fed');
    const pad = this.one.padTokenId ?? 0;
    const data =
      ids.type === 'int32' ? Int32Array.from({ length: ids.size }, () => pad) : BigInt64Array.from({ length: ids.size }, () => BigInt(pad));
    return { ...this.run.feeds, input_ids: new Tensor(data, ids.dims) };
  }

  private kept(row: number, token: number): boolean {
    const keep = this.one.tensors.get('keep');
    return Number(keep?.data[row * (keep.shape[1] ?? 0) + token]) === 1;
  }

  private explainedPosition(row: number): number {
    const target = this.one.tensors.get('target');
    return target?.shape.length === 2 ? Number(target.data[2 * row]) : 0;
  }

  private isReal(place: number, token: number): boolean {
    return this.run.real.tokens === null || this.run.real.tokens[place * this.run.tokens + token] === 1;
  }

  private eachRow(
    tensor: Tensor,
    visit: (at: {
      readonly row: number;
      readonly head: number;
      readonly query: number;
      readonly from: number;
      readonly keys: number;
    }) => void,
  ): void {
    const [, heads = 0, queries = 0, keys = 0] = tensor.dims;
    this.run.rows.forEach((row, place) => {
      for (let head = 0; head < heads; head++)
        for (let query = 0; query < queries; query++) {
          if (queries === this.run.tokens && !this.isReal(place, query)) continue;
          visit({ row, head, query, from: ((place * heads + head) * queries + query) * keys, keys });
        }
    });
  }

  /** Weights of every target: of each class, or of the one token. */
  private targets(): readonly Tensor[] {
    const classes = this.one.tensors.get('target')?.shape.length === 1 ? (this.produced.shapeOf('logits')[1] ?? 0) : 0;
    if (classes === 0) return [this.chosenWeights()];
    return Array.from({ length: classes }, (_, target) => this.weigh(() => [target]));
  }

  private chosenWeights(): Tensor {
    const target = this.one.tensors.get('target');
    const at = (index: number) => Number(target?.data[index]);
    return this.weigh((row) => (target?.shape.length === 2 ? [at(2 * row), at(2 * row + 1)] : [at(row)]));
  }

  /** 1 at the named place of each row, 0 elsewhere. */
  private weigh(placeOf: (row: number) => readonly number[]): Tensor {
    const [, ...rest] = this.produced.shapeOf('logits');
    const shape =
      rest.length === 2 && rest[0] === this.one.tensors.get('input.input_ids')?.shape[1] ? [this.run.tokens, rest[1] ?? 0] : rest;
    const size = shape.reduce((a, b) => a * b, 1);
    const data = new Float32Array(this.run.rows.length * size);
    this.run.rows.forEach((row, place) => {
      const at = placeOf(row);
      data[place * size + (at.length === 2 ? (at[0] ?? 0) * (shape[1] ?? 0) + (at[1] ?? 0) : (at[0] ?? 0))] = 1;
    });
    return new Tensor('float32', data, [this.run.rows.length, ...shape]);
  }
}

function numbers(tensor: Tensor | null | undefined, from = 0, length = Infinity): Float64Array {
  if (tensor == null) throw new Error('a tensor is missing');
  const read = readFloats(tensor);
  if (read === null) throw new Error(`a tensor holds ${tensor.type}`);
  return Float64Array.from(read.subarray(from, Math.min(read.length, from + length)));
}
