import { join } from 'node:path';
import { findProject } from '#platform';
import { measureAttention } from './attention/attention-process.js';
import type { Bench, Ratio } from './bench.js';
import { percentileOf } from './percentile-of.js';

const CASES = [
  { model: 'sst2-minilm', tokens: 128, goal: 1.15 },
  { model: 'sst2-minilm', tokens: 512, goal: 1.5 },
  { model: 'stories260k', tokens: 128, goal: 1.15 },
  { model: 'stories260k', tokens: 512, goal: 1.5 },
] as const;
/** Of the classifier: a generated token has one row, which is too little to say anything. */
const BYTES_GOAL = 0.5;

export const attentionBench: Bench = {
  name: 'attention',
  about:
    'the whole method attention (the pass, the proof, summaries, quantising) divided by one pass that only predicts, and bytes stored for each weight',
  async run(tell) {
    const ratios: Ratio[] = [];
    for (const { model, tokens, goal } of CASES) {
      const { forward, explained, bytesPerWeight } = await measureAttention({ folder: join(findProject().root, 'models', model), tokens });
      const [plain, whole] = [percentileOf(forward, 50), percentileOf(explained, 50)];
      tell(`${model}, ${tokens} tokens: ${plain.toFixed(2)} ms a pass, ${whole.toFixed(2)} ms with attention`);
      ratios.push({ label: `${model}, ${tokens} tokens: attention ÷ pass, median`, value: whole / plain, goal, better: 'lower' });
      if (model === 'sst2-minilm')
        ratios.push({
          label: `${model}, ${tokens} tokens: bytes stored a weight`,
          value: bytesPerWeight,
          goal: BYTES_GOAL,
          better: 'lower',
        });
    }
    return ratios;
  },
};
