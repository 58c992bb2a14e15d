import type { KnownAttention } from '#explainers';
import type { AttentionLayer } from '#graph';

/** Layers that were found in a graph, by their numbers, and the heads that all of them have. */
export function tellLayers(layers: readonly AttentionLayer[]): KnownAttention {
  const [heads = null, ...others] = new Set(layers.map((layer) => layer.heads));
  const numbers = [...new Set(layers.map(({ layer }) => layer))].toSorted((one, other) => one - other);
  return { layers: numbers, heads: others.length === 0 ? heads : null };
}
