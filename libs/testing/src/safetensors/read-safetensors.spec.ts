import { describe, expect, it } from '@jest/globals';
import { readSafetensors } from './read-safetensors.js';

function write(header: object, data: Uint8Array): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file.buffer;
}

describe('readSafetensors', () => {
  it('reads numbers of several types, at unaligned offsets too', () => {
    const data = new Uint8Array(1 + 8 + 4);
    const view = new DataView(data.buffer);
    data[0] = 7;
    view.setFloat64(1, -2.5, true);
    view.setFloat32(9, 0.5, true);
    const tensors = readSafetensors(
      write(
        {
          __metadata__: { made: 'here' },
          z: { dtype: 'U8', shape: [1, 1], data_offsets: [0, 1] },
          y: { dtype: 'F64', shape: [1], data_offsets: [1, 9] },
          x: { dtype: 'F32', shape: [], data_offsets: [9, 13] },
        },
        data,
      ),
    );
    expect([...tensors.keys()]).toEqual(['z', 'y', 'x']);
    expect([...(tensors.get('z')?.data ?? [])]).toEqual([7]);
    expect([...(tensors.get('y')?.data ?? [])]).toEqual([-2.5]);
    expect([...(tensors.get('x')?.data ?? [])]).toEqual([0.5]);
    expect(tensors.get('z')?.shape).toEqual([1, 1]);
  });

  it.each([
    ['a tensor beyond the end', { a: { dtype: 'U8', shape: [9], data_offsets: [0, 9] } }],
    ['a type it does not know', { a: { dtype: 'BF16', shape: [1], data_offsets: [0, 2] } }],
    ['a shape that does not fit', { a: { dtype: 'U8', shape: [3], data_offsets: [0, 2] } }],
    ['an entry without offsets', { a: { dtype: 'U8', shape: [3] } }],
  ])('refuses %s', (_, header) => {
    expect(() => readSafetensors(write(header, new Uint8Array(4)))).toThrow(RangeError);
  });

  it('refuses a header longer than the file', () => {
    const file = write({}, new Uint8Array(0));
    new DataView(file).setBigUint64(0, 1000n, true);
    expect(() => readSafetensors(file)).toThrow(RangeError);
  });
});
