import type { Bench } from './bench.js';
import { overheadBench } from './overhead.js';
import { textBench } from './text.js';

/** Every benchmark there is. */
export const benches: readonly Bench[] = [overheadBench, textBench];
