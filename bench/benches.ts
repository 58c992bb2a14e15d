import type { Bench } from './bench.js';
import { textBench } from './text.js';

/** Every benchmark there is. */
export const benches: readonly Bench[] = [textBench];
