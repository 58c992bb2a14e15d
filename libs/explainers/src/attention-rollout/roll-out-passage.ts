import { CausalRollout } from '#attribution';
import { describeReading } from '../attention/describe-reading.js';
import { keepMap } from '../attention/keep-map.js';
import { openPassage, planPassage, type Passage } from '../attention/open-passage.js';
import { readPassage } from '../attention/read-passage.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainInput, Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { LanguageModel, LayerAttention } from '../contract/model.js';
import type { AttentionRolloutParams } from './attention-rollout-params.js';
import type { AttentionRolloutResult } from './attention-rollout-result.js';

/** A map a layer is in memory, and the products grow with the third power. */
const MAX_TOKENS = 1024;

export function planPassageRollout(input: ExplainInput, model: LanguageModel): Plan {
  return planPassage(openShort(input, model));
}

/** The rollout of a text in a language model, read from its last token: the one that the next would be predicted from. */
export async function rollOutPassage(
  input: ExplainInput,
  params: AttentionRolloutParams,
  model: LanguageModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const { encoding, features } = openShort(input, model);
  const tokens = encoding.ids.length;
  let rollout: CausalRollout | null = null;
  let layers: readonly number[] = [];
  for await (const piece of readPassage(encoding.ids, model, context)) {
    layers = piece.attention.map(({ layer }) => layer);
    rollout ??= new CausalRollout(layers.length, tokens, params.residual);
    for (let row = 0; row < piece.tokens; row++) rollout.add(piece.attention.map((layer) => averageHeads(layer, row)));
  }
  if (rollout === null) throw new ExplainProblem('MODEL_RUN_FAILED', 'the model read nothing');
  const flow = rollout.finish();
  const readout = tokens - 1;
  const result: AttentionRolloutResult = { layers: [...layers], readout, scores: [...flow.subarray(readout * tokens)] };
  const described = describeReading(features, { evaluations: 1, modelRows: model.modelRows, budget: 1 });
  return { ...described, result, tensors: [keepMap('rollout', tokens, tokens, flow, params.encoding)] };
}

function openShort(input: ExplainInput, model: LanguageModel): Passage {
  const passage = openPassage(input, model);
  const tokens = passage.positions.length;
  if (tokens <= MAX_TOKENS) return passage;
  const detail = `the text has ${tokens} tokens; a rollout in a language model is over ${MAX_TOKENS} at most`;
  throw new ExplainProblem(
    'CONTEXT_EXCEEDED',
    detail,
    '/input/text',
    'Send a shorter text, or use the method attention with chosen queries.',
  );
}

function averageHeads({ heads, queries, keys, probabilities }: LayerAttention, row: number): Float64Array {
  const mean = new Float64Array(keys);
  for (let head = 0; head < heads; head++) {
    const start = (head * queries + row) * keys;
    for (let key = 0; key < keys; key++) mean[key] = (mean[key] ?? 0) + (probabilities[start + key] ?? NaN) / heads;
  }
  return mean;
}
