import { describe, expect, it } from '@jest/globals';
import { encryptPhilox } from './philox.js';

/** Counter, key, output: the lines `philox4x32 10` of tests/kat_vectors in Random123. */
const knownAnswers: readonly (readonly [counter: readonly number[], key: readonly [number, number], output: readonly number[]])[] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

describe('encryptPhilox', () => {
  it.each(knownAnswers)('answers counter %p under key %p as Random123 does', (counter, [key0, key1], output) => {
    const block = Uint32Array.from(counter);
    encryptPhilox(block, key0, key1);
    expect([...block]).toEqual(output);
  });
});
