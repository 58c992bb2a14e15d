import type { DatasetStore } from '#catalog';

/** The part of the store of data sets that accepting and running jobs needs. */
export type DatasetReader = Pick<DatasetStore, 'find' | 'readRows'>;
