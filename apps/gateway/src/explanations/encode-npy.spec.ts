import { describe, expect, it } from '@jest/globals';
import { decodeTensor } from './decode-tensor.js';
import { encodeNpy } from './encode-npy.js';

// Written by numpy.save (NumPy 2.4.6) for the same arrays.
const files: [string, number[], string, string, string][] = [
  [
    '[2, 2] f32',
    [2, 2],
    'f32',
    '0000803f0000003f000080be00004040',
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAPwAAgL4AAEBA',
  ],
  [
    '[3] f64',
    [3],
    'f64',
    '59f3f8c21f6ea50100000000000004c0182d4454fb210940',
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIApZ8/jCH26lAQAAAAAAAATAGC1EVPshCUA=',
  ],
  [
    '[] u8',
    [],
    'u8',
    '07',
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoH',
  ],
  [
    '[6, 12, 1, 1] u8',
    [6, 12, 1, 1],
    'u8',
    '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344454647',
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDYsIDEyLCAxLCAxKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkc=',
  ],
];

describe('encodeNpy', () => {
  it.each(files)('writes %s byte for byte as NumPy does', (_name, shape, dtype, hex, file) => {
    expect(encodeNpy(shape, dtype, Buffer.from(hex, 'hex')).toString('base64')).toBe(file);
  });

  it('refuses a type that NumPy would not know', () => {
    expect(() => encodeNpy([1], 'u8-sqrt', new Uint8Array(1))).toThrow(RangeError);
  });
});

describe('decodeTensor', () => {
  it('reads little-endian numbers at any alignment', () => {
    const bytes = new Uint8Array(1 + 16);
    bytes.set(Buffer.from(Float64Array.of(Math.PI, -1).buffer), 1);
    expect(decodeTensor('f64', bytes.subarray(1))).toEqual([Math.PI, -1]);
    expect(decodeTensor('f32', Buffer.from('0000803f000020c0', 'hex'))).toEqual([1, -2.5]);
    expect(decodeTensor('u8', Uint8Array.of(0, 255))).toEqual([0, 255]);
    expect(() => decodeTensor('f16', bytes)).toThrow(RangeError);
  });
});
