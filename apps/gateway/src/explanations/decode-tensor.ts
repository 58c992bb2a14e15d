/**
 * The numbers of a stored tensor.
 *
 * @param bytes little-endian
 * @throws RangeError for an unknown element type
 */
export function decodeTensor(dtype: string, bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (dtype) {
    case 'f32':
      return Array.from({ length: bytes.byteLength / 4 }, (_item, index) => view.getFloat32(index * 4, true));
    case 'f64':
      return Array.from({ length: bytes.byteLength / 8 }, (_item, index) => view.getFloat64(index * 8, true));
    case 'u8':
      return Array.from(bytes);
    default:
      throw new RangeError(`no numbers of type ${dtype}`);
  }
}
