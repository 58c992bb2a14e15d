/** A tensor of a safetensors file; numbers as the file holds them, not converted. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array | Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array;
}

type Reader = (bytes: ArrayBuffer) => StoredTensor['data'];

const readers: Readonly<Record<string, Reader>> = {
  F64: (bytes) => new Float64Array(bytes),
  F32: (bytes) => new Float32Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
  I8: (bytes) => new Int8Array(bytes),
  I16: (bytes) => new Int16Array(bytes),
  BOOL: (bytes) => new Uint8Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  I64: (bytes) => new BigInt64Array(bytes),
};

/**
 * Reads a safetensors file: 8 bytes of header length (little-endian), a JSON header, then the numbers.
 *
 * @returns the tensors by name; `__metadata__` is left out
 * @throws RangeError when the header does not fit the bytes, or a type is none of F64, F32, U8, I8, I16, BOOL, I32, I64
 *
 * Source: the format description in the safetensors README.
 */
export function readSafetensors(file: ArrayBuffer): ReadonlyMap<string, StoredTensor> {
  if (file.byteLength < 8) throw new RangeError('a safetensors file has at least 8 bytes');
  const start = 8 + Number(new DataView(file).getBigUint64(0, true));
  if (start > file.byteLength) throw new RangeError(`header of ${start - 8} bytes in a file of ${file.byteLength}`);
  const header: unknown = JSON.parse(new TextDecoder().decode(file.slice(8, start)));
  if (typeof header !== 'object' || header === null) throw new RangeError('the header is not a JSON object');
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.set(name, readTensor(name, entry, file, start));
  }
  return tensors;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function readTensor(name: string, entry: unknown, file: ArrayBuffer, start: number): StoredTensor {
  if (!isEntry(entry)) throw new RangeError(`${name} has no dtype, shape and data_offsets`);
  const reader = readers[entry.dtype];
  if (!reader) throw new RangeError(`${name} has the type ${entry.dtype}, which is not read here`);
  const [from, to] = entry.data_offsets;
  if (start + to > file.byteLength) throw new RangeError(`${name} ends beyond the file`);
  // The copy is aligned whatever the offset in the file.
  const data = reader(file.slice(start + from, start + to));
  const size = entry.shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) throw new RangeError(`${name} holds ${data.length} numbers, its shape says ${size}`);
  return { dtype: entry.dtype, shape: entry.shape, data };
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof Entry, unknown>>;
  return typeof entry.dtype === 'string' && isNumbers(entry.shape) && isNumbers(entry.data_offsets) && entry.data_offsets.length === 2;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
