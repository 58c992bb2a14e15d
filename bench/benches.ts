import { attentionBench } from './attention.js';
import type { Bench } from './bench.js';
import { globalMemoryBench } from './global-memory.js';
import { gradientBench } from './gradient.js';
import { historyBench } from './history.js';
import { llmBench } from './llm.js';
import { overheadBench } from './overhead.js';
import { textBench } from './text.js';

/** Every benchmark there is. */
export const benches: readonly Bench[] = [
  attentionBench,
  globalMemoryBench,
  gradientBench,
  historyBench,
  llmBench,
  overheadBench,
  textBench,
];
