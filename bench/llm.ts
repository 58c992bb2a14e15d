import type { Bench, Ratio } from './bench.js';
import { askProcess } from './llm/ask-process.js';
import { buildDecoder } from './llm/build-decoder.js';
import type { LlmMeasurement, LlmOrder, LlmWork } from './llm/order.js';
import { percentileOf } from './percentile-of.js';

const ROUNDS = 3;
const CONTEXT = 2048;
const GENERATED = 64;
/** "a" is one token of the tokenizer, and the text begins with two others. */
const WORK: LlmWork = { prompt: ' a'.repeat(CONTEXT - 2), tokens: CONTEXT, generated: GENERATED };

export const llmBench: Bench = {
  name: 'llm',
  about:
    'attention of 64 tokens that a decoder of half a billion parameters (int4, random weights) generates after 2,048, all layers and heads, divided by the forward passes alone: time, and peak memory of the process',
  async run(tell) {
    const folder = await buildDecoder(tell);
    const probed = await askProcess({ kind: 'probe', folder });
    if (probed.kind !== 'probed') throw new Error('the model was not probed');
    tell(`opened, probed and patched in ${probed.seconds.toFixed(1)} s`);
    const { description } = probed;
    const rounds: { readonly plain: LlmMeasurement; readonly explained: LlmMeasurement }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const plain = await measure({ kind: 'plain', folder, description, work: WORK });
      const explained = await measure({ kind: 'explained', folder, description, work: WORK });
      if (explained.ids.join() !== plain.ids.join()) throw new Error('both generate other tokens');
      tell(`plain ${tellMeasurement(plain)}; explained ${tellMeasurement(explained)}, ${explained.weights} weights`);
      rounds.push({ plain, explained });
    }
    const ratio = (of: (measurement: LlmMeasurement) => number) =>
      percentileOf(
        rounds.map(({ plain, explained }) => of(explained) / of(plain)),
        50,
      );
    return [
      { label: 'time: attention ÷ plain', value: ratio(({ seconds }) => seconds), goal: 1.3, better: 'lower' },
      { label: 'peak memory: attention ÷ plain', value: ratio(({ peakBytes }) => peakBytes), goal: 1.1, better: 'lower' },
    ] satisfies readonly Ratio[];
  },
};

async function measure(order: LlmOrder): Promise<LlmMeasurement> {
  const answer = await askProcess(order);
  if (answer.kind !== 'measured') throw new Error('nothing was measured');
  return answer;
}

function tellMeasurement({ seconds, peakBytes }: LlmMeasurement): string {
  return `${seconds.toFixed(2)} s, ${(peakBytes / 2 ** 20).toFixed(0)} MiB`;
}
