import { cutEncoding } from '../text/encode-text.js';
import { planBatches } from '../text/plan-batches.js';
import type { TextCore } from '../text/text-core.js';
import type { ProbeBench } from './probe-bench.js';

/** Of different length, so that most rows are padded when they run together. */
export const probeTexts = [
  'Good.',
  'It was not what we had hoped for.',
  'The second half of the report repeats the first, only louder and with more tables.',
  'Why would anyone wait two hours for this?',
  'A calm, precise and quietly funny account of a long winter on the coast.',
  'Delivered late, opened once, sent back.',
  'She asked for the manager, and the manager, to his credit, came down at once and listened to all of it.',
  'OK, thanks, I will try again tomorrow.',
];

/**
 * Probe rows of a text model: its own example sentences and ours. A row alone runs as it is; rows together are padded
 * as predictions pad them, where the graph can be told what is padding, and else cut to one length.
 *
 * @param cut whether they are cut in any case
 */
export function makeTextBench(core: TextCore, examples: readonly string[], cut = false): ProbeBench {
  const rules = core.batchRules({ batchInvariant: true });
  const whole = [...examples.slice(0, 8), ...probeTexts]
    .map((text) => cutEncoding(text, core.tokenizer.encode(text), core.maxTokens).ids)
    .filter((ids) => ids.length > 0);
  const shortest = whole.reduce((least, ids) => Math.min(least, ids.length), Infinity);
  const rows = rules.padding && !cut ? whole : whole.map((ids) => ids.subarray(0, shortest));
  const longest = rows.reduce((most, ids) => Math.max(most, ids.length), 1);
  return {
    rows: rows.length,
    outputs: core.outputs,
    largest: rules.alone ? 1 : (rules.fixedRows ?? Math.max(1, Math.floor(rules.tokenBudget / longest))),
    most: rules.alone ? 1 : (rules.fixedRows ?? Infinity),
    run(places) {
      const members = places.flatMap((place) => rows[place] ?? []);
      const [batch] = planBatches([members.reduce((most, ids) => Math.max(most, ids.length), 1)], rules);
      const alone = rules.fixedTokens === null && members.length === 1 ? members[0]?.length : undefined;
      return core.runBatch(members, alone ?? batch?.tokens ?? longest);
    },
  };
}
