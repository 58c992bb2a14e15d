import { logSumExp } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { LanguageModel } from '../contract/model.js';
import type { AttentionParams } from './attention-params.js';
import { AttentionRecord } from './attention-record.js';
import { checkRoom } from './check-room.js';
import { chooseNumbers } from './choose-numbers.js';
import { describeReading } from './describe-reading.js';
import { findSeparators } from './describe-tokens.js';
import { chooseHeads, pickNumbers } from './head-choice.js';
import type { Passage } from './open-passage.js';
import { readPassage } from './read-passage.js';

/** What the tokens of a text look at in a language model that reads it, and how likely each was after those before it. */
export async function attendPassage(
  { encoding, features, positions }: Passage,
  params: AttentionParams,
  model: LanguageModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const { ids } = encoding;
  const queries = new Set(pickNumbers('query', '/params/queries', params.queries, positions));
  const size = { rows: queries.size, keys: ids.length, ...params };
  await checkRoom(params, size, model);
  const separators = findSeparators(encoding);
  const logs: (number | null)[] = [null];
  let record: AttentionRecord | null = null;
  for await (const { from, tokens, logits, attention } of readPassage(ids, model, context, chooseNumbers(params), separators)) {
    record ??= new AttentionRecord(chooseHeads(params, attention), size, separators, attention);
    for (let row = 0; row < tokens; row++) {
      if (queries.has(from + row)) record.add(from + row, attention, row);
      const next = ids[from + row + 1];
      if (next === undefined) continue;
      const own = logits.subarray(row * model.outputs, (row + 1) * model.outputs);
      logs.push(Math.min(0, (own[next] ?? NaN) - logSumExp(own)));
    }
  }
  if (record === null) throw new ExplainProblem('MODEL_RUN_FAILED', 'the model read nothing');
  const { result, tensor } = record.conclude(ids.length);
  const described = describeReading(features, { evaluations: 1, modelRows: model.modelRows, budget: 1 });
  return { ...described, result: { ...result, logProbabilities: logs }, tensors: [tensor] };
}
