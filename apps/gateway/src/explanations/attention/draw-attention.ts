import { drawAttentionArcs, drawAttentionMatrix, svgDocument, type Figure, type Theme } from '#figures';
import type { AttentionPart } from './slice-attention.js';

const WIDTH = 720;

export interface AttentionFigure {
  readonly model: string;
  readonly figure: 'matrix' | 'arcs';
  readonly maxAbsError: number;
  /** Why this part is shown, where nobody asked for it. */
  readonly why?: string;
}

/** A picture of a head, or of the mean of heads. */
export function drawAttention(part: AttentionPart, about: AttentionFigure & { readonly theme: Theme }): string {
  return svgDocument(layOutAttention(part, about, WIDTH), about.theme);
}

export function layOutAttention(part: AttentionPart, { model, figure, maxAbsError, why }: AttentionFigure, width: number): Figure {
  const draw = figure === 'arcs' ? drawAttentionArcs : drawAttentionMatrix;
  const { queries, keys } = part;
  const title = nameOf(part, model) + (why === undefined ? '' : `: ${why}`);
  return draw({ title, queries, keys, isChosen: part.isGenerated, values: averageHeads(part), maxAbsError }, width);
}

function nameOf({ layer, head, heads, queries, isGenerated, isCross }: AttentionPart, model: string): string {
  if (layer === null) return `Attention rollout of ${model}`;
  const [only] = heads;
  const which = head ?? (heads.length === 1 ? (only ?? null) : null);
  const where = `${isCross ? 'Cross-attention, layer' : 'Layer'} ${layer}, ${which === null ? `mean of ${heads.length} heads` : `head ${which}`} of ${model}`;
  if (!isGenerated) return where;
  return `${where}, when ${queries.length === 1 ? `“${(queries[0] ?? '').trim()}” was` : 'each token was'} chosen`;
}

function averageHeads({ heads, queries, keys, values }: AttentionPart): Float32Array {
  const size = queries.length * keys.length;
  const count = Math.max(1, heads.length);
  const mean = new Float32Array(size);
  for (let at = 0; at < values.length; at++) mean[at % size] = (mean[at % size] ?? 0) + (values[at] ?? NaN) / count;
  return mean;
}
