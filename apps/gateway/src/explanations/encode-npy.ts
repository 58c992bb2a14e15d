const DESCRIPTORS: Readonly<Record<string, string>> = { f32: '<f4', f64: '<f8', u8: '|u1' };

/**
 * A tensor as a NumPy file, format version 1.0 (numpy.lib.format): magic, header of a multiple of 64 bytes, then the
 * numbers in C order.
 *
 * @param bytes little-endian, row-major
 * @throws RangeError for an element type that NumPy has no plain descriptor for
 */
export function encodeNpy(shape: readonly number[], dtype: string, bytes: Uint8Array): Buffer {
  const descriptor = DESCRIPTORS[dtype];
  if (descriptor === undefined) throw new RangeError(`no NumPy descriptor for ${dtype}`);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((10 + header.length + 1) / 64) * 64;
  const preamble = Buffer.alloc(10);
  preamble.write('\x93NUMPY', 'latin1');
  preamble.writeUInt8(1, 6);
  preamble.writeUInt16LE(total - 10, 8);
  return Buffer.concat([preamble, Buffer.from(`${header.padEnd(total - 11)}\n`, 'latin1'), bytes]);
}
