import { ExplainProblem } from '../contract/explain-problem.js';
import type { KnownAttention } from '../contract/known-attention.js';
import type { Model } from '../contract/model.js';
import type { AttentionParams } from './attention-params.js';
import { expectRoom, MAX_TENSOR_BYTES } from './head-choice.js';

/** Of all layers together no model has more, so that for a short text the graph need not be read. */
const MOST_HEADS = 4096;

/**
 * Refuses what would be larger than an explanation keeps, before the model is run. Where the graph does not tell its layers and heads, the
 * run finds out.
 *
 * @param size of each map: rows and keys
 * @throws ExplainProblem PARAM_INVALID
 */
export async function checkRoom(
  params: Pick<AttentionParams, 'layers' | 'heads' | 'encoding' | 'space'>,
  size: { readonly rows: number; readonly keys: number },
  model: Pick<Model, 'readLayers'>,
): Promise<void> {
  const encoding = params.space === 'score' ? 'exact' : params.encoding;
  const numbers = size.rows * size.keys;
  if (numbers * MOST_HEADS * (encoding === 'exact' ? 4 : 1) <= MAX_TENSOR_BYTES) return;
  const known = await readLayers(model);
  if (known === null) return;
  const { layers, heads } = known;
  const kept = new Set(params.heads).size || heads;
  if (kept !== null) expectRoom((new Set(params.layers).size || layers.length) * kept * numbers, encoding);
}

async function readLayers(model: Pick<Model, 'readLayers'>): Promise<KnownAttention | null> {
  try {
    return await model.readLayers();
  } catch (error) {
    if (error instanceof ExplainProblem && error.code === 'ATTENTION_UNAVAILABLE') return null;
    throw error;
  }
}
