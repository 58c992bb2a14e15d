import type { DatasetReader } from './dataset-reader.js';
import type { BaselineReader } from './stored-baseline.js';

/** What a request can name instead of sending it. */
export interface StoredData {
  readonly datasets: DatasetReader;
  readonly baselines: BaselineReader;
}
