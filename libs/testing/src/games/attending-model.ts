import type { AttentionNumbers, KnownAttention, LayerAttention } from '#explainers';
import { PieceModel } from './piece-model.js';

export interface AttendingModelOptions {
  readonly layers: number;
  readonly heads: number;
  readonly maxTokens?: number;
  /** Weight that a query gives a key, before rows are made to sum to 1. */
  readonly rule?: (layer: number, head: number, query: number, key: number) => number;
}

/** A text model of pieces that attends by a rule; by default differently in every layer and head. */
export class AttendingModel extends PieceModel {
  constructor(private readonly shape: AttendingModelOptions) {
    super((tokens) => tokens.length, { maxTokens: shape.maxTokens ?? 64 });
  }

  override readLayers(): Promise<KnownAttention> {
    const { layers, heads } = this.shape;
    return Promise.resolve({ layers: [...Array(layers).keys()], heads });
  }

  override attend(ids: Int32Array, what: AttentionNumbers = 'probability'): Promise<readonly LayerAttention[]> {
    this.modelRows += 1;
    const tokens = ids.length;
    const { layers, heads, rule = (layer, head, query, key) => 1 / (1 + ((layer + 2 * head + query + 3 * key) % 7)) } = this.shape;
    return Promise.resolve(
      Array.from({ length: layers }, (_, layer) => {
        const probabilities = new Float32Array(heads * tokens * tokens);
        for (let row = 0; row < heads * tokens; row++) {
          const weights = Array.from({ length: tokens }, (__, key) => rule(layer, Math.floor(row / tokens), row % tokens, key));
          const sum = weights.reduce((total, weight) => total + weight, 0);
          probabilities.set(
            weights.map((weight) => weight / sum),
            row * tokens,
          );
        }
        const kind = 'self' as const;
        const scores = what === 'score' ? { scores: probabilities.map(Math.log) } : {};
        return { ...scores, kind, layer, operator: 'Softmax', node: `layer-${layer}`, heads, queries: tokens, keys: tokens, probabilities };
      }),
    );
  }
}
