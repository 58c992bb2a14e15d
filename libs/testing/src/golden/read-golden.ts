import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readSafetensors, type StoredTensor } from '../safetensors/read-safetensors.js';

const folder = new URL('../../../../test/golden/', import.meta.url);

/** A text file below test/golden. */
export function readGoldenText(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8');
}

/** The tensors of a gzipped safetensors file below test/golden. */
export function readGoldenTensors(path: string): ReadonlyMap<string, StoredTensor> {
  const bytes = gunzipSync(readFileSync(new URL(path, folder)));
  return readSafetensors(new Uint8Array(bytes).buffer);
}
