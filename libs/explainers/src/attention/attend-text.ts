import type { ExplainerOutput } from '../contract/explanation.js';
import { describeText, type AttendedText } from './attended-text.js';
import type { AttentionParams } from './attention-params.js';
import { AttentionRecord } from './attention-record.js';
import { checkRoom } from './check-room.js';
import { chooseNumbers } from './choose-numbers.js';
import { chooseHeads, pickNumbers } from './head-choice.js';

/** What the tokens of a text look at, in a model that reads all of it at once. */
export async function attendText(text: AttendedText, params: AttentionParams): Promise<ExplainerOutput> {
  const { model, encoding, positions, separators } = text;
  const queries = pickNumbers('query', '/params/queries', params.queries, positions);
  await checkRoom(params, { rows: queries.length, keys: positions.length }, model);
  const { outputs, layers } = await model.predictAttending(encoding.ids, chooseNumbers(params), separators);
  const keys = positions.length;
  const record = new AttentionRecord(chooseHeads(params, layers), { rows: queries.length, keys, ...params }, separators, layers);
  if (queries.length === keys) record.addRows(queries, layers);
  else for (const position of queries) record.add(position, layers, position);
  const { result, tensor } = record.conclude(keys);
  return { ...describeText(text, outputs), result, tensors: [tensor] };
}
