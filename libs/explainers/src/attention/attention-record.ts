import { HeadMeter, type RowMeasures } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { Tensor } from '../contract/explanation.js';
import type { LayerAttention, MeasuredRows, QuantisedAttention } from '../contract/model.js';
import type { AttentionParams, Encoding } from './attention-params.js';
import type { AttentionResult } from './attention-result.js';
import { expectRoom, type HeadChoice } from './head-choice.js';
import { hideLater } from './hide-later.js';
import { MapWriter } from './map-writer.js';

export interface RecordSize {
  /** Rows at most. */
  readonly rows: number;
  /** Keys of the last row. */
  readonly keys: number;
  /** Scores are kept exactly whatever it says. */
  readonly encoding: Encoding;
  readonly space: AttentionParams['space'];
}

interface CopiedRows {
  /** Of the queries among the tokens. */
  readonly positions: readonly number[];
  /** The first row, the others follow. */
  readonly from: number;
}

/** Attention as it is kept: row after row, so that no more is in memory than what the explanation stores. */
export class AttentionRecord {
  private readonly writer: MapWriter;
  private readonly space: AttentionParams['space'];
  private readonly width: number;
  private readonly meters: readonly HeadMeter[][];
  private readonly positions: number[] = [];
  private readonly described: readonly Omit<AttentionResult['layers'][number], 'heads'>[];

  /**
   * @param separators keys that separate texts
   * @throws ExplainProblem PARAM_INVALID where it would be larger than an explanation keeps
   */
  constructor(
    private readonly choice: HeadChoice,
    { rows, keys, encoding: asked, space }: RecordSize,
    separators: readonly number[],
    layers: readonly LayerAttention[],
  ) {
    const encoding = space === 'score' ? 'exact' : asked;
    const shape = [choice.layers.length, choice.heads.length, rows, keys] as const;
    expectRoom(
      shape.reduce((product, length) => product * length, 1),
      encoding,
    );
    this.writer = new MapWriter(shape, encoding);
    this.space = space;
    this.width = keys;
    const kept = this.pickLayers(layers);
    this.meters = kept.map(({ kind }) => choice.heads.map(() => new HeadMeter(separators, kind === 'causal-self')));
    this.described = kept.map(({ layer, kind, operator, node }) => ({ layer, kind, operator, node }));
  }

  /**
   * @param position of the query among the tokens
   * @param layers all layers of the model
   * @param row of each of them
   */
  add(position: number, layers: readonly LayerAttention[], row: number): void {
    this.pickLayers(layers).forEach((layer, place) => {
      if (layer.quantised !== undefined) {
        this.copy(layer, layer.quantised, place, { positions: [position], from: row });
        return;
      }
      const { kind, queries, keys, probabilities, scores } = layer;
      const kept = this.space === 'score' ? scores : probabilities;
      if (kept === undefined) throw new ExplainProblem('ATTENTION_UNAVAILABLE', 'the model gave no scores');
      this.choice.heads.forEach((head, at) => {
        const start = (head * queries + row) * keys;
        const shares = probabilities.subarray(start, start + keys);
        const numbers = kept.subarray(start, start + keys);
        this.writer.write(place, at, this.positions.length, this.space === 'score' ? hideLater(numbers, this.width) : numbers);
        this.meters[place]?.[at]?.add(shares, kind === 'cross' ? null : position);
      });
    });
    this.positions.push(position);
  }

  /**
   * All rows of layers at once.
   *
   * @param positions of the queries among the tokens, one for each row
   */
  addRows(positions: readonly number[], layers: readonly LayerAttention[]): void {
    if (this.pickLayers(layers).some(({ quantised }) => quantised === undefined)) {
      positions.forEach((position, row) => this.add(position, layers, row));
      return;
    }
    this.pickLayers(layers).forEach((layer, place) => {
      if (layer.quantised !== undefined) this.copy(layer, layer.quantised, place, { positions, from: 0 });
    });
    this.positions.push(...positions);
  }

  private copy(
    { kind, queries, keys }: LayerAttention,
    { bytes, rows }: QuantisedAttention,
    place: number,
    { positions, from }: CopiedRows,
  ): void {
    this.choice.heads.forEach((head, at) => {
      const first = head * queries + from;
      const last = first + positions.length;
      const most = rows.most.subarray(first, last).reduce((largest, share) => Math.max(largest, share), 0);
      this.writer.copy(place, at, this.positions.length, bytes.subarray(first * keys, last * keys), keys, most);
      const meter = this.meters[place]?.[at];
      positions.forEach((position, row) => meter?.addMeasured(takeRow(rows, first + row), keys, kind === 'cross' ? null : position));
    });
  }

  /** @param keys of the last row that was added */
  conclude(keys: number): { readonly result: AttentionResult; readonly tensor: Tensor } {
    const layers = this.described.map((layer, place) => ({
      ...layer,
      heads: this.choice.heads.flatMap((head, at) => {
        const meter = this.meters[place]?.[at];
        return meter === undefined ? [] : [{ head, ...meter.summarise() }];
      }),
    }));
    return { result: { layers, queries: [...this.positions], keys }, tensor: this.writer.finish('attention', this.positions.length, keys) };
  }

  private pickLayers(layers: readonly LayerAttention[]): readonly LayerAttention[] {
    return layers.filter(({ layer }) => this.choice.layers.includes(layer));
  }
}

function takeRow({ entropy, first, separator, distance, self, previous }: MeasuredRows, row: number): RowMeasures {
  return {
    entropy: entropy[row] ?? NaN,
    first: first[row] ?? NaN,
    separator: separator[row] ?? NaN,
    distance: distance[row] ?? NaN,
    self: self[row] ?? NaN,
    previous: previous[row] ?? NaN,
  };
}
