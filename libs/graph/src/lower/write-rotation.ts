import type { NodeWriter } from '../edit/node-writer.js';

export interface Rotation {
  /** Cosines and sines [..., half], broadcast to `x` but for its last axis. */
  readonly cosine: string;
  readonly sine: string;
  /** Pairs are neighbours; else the first half of what is turned goes with the second. */
  readonly interleaved: boolean;
  /** Whether numbers of a head follow that are not turned. */
  readonly rest: boolean;
}

/**
 * Turns pairs of numbers by an angle: (a cos - b sin, b cos + a sin).
 *
 * Source: ONNX Runtime, contrib_ops/cpu/bert/rotary_embedding.cc; ONNX operator RotaryEmbedding-23.
 *
 * @param x of rank 4; its last axis is a head's
 */
export function writeRotation(writer: NodeWriter, x: string, { cosine, sine, interleaved, rest }: Rotation, output?: string): string {
  const half = writer.lengths(cosine, -1n);
  const whole = writer.add('Mul', [half, writer.integers([2n])]);
  const turned = rest ? writer.slice(x, writer.integers([0n]), whole, 3n) : x;
  const pairs = interleaved ? writer.add('Reshape', [turned, writer.integers([0n, 0n, 0n, -1n, 2n])]) : '';
  const pick = (at: bigint) => writer.add('Gather', [pairs, writer.integers(at)], { axis: -1n });
  const first = interleaved ? pick(0n) : writer.slice(turned, writer.integers([0n]), half, 3n);
  const second = interleaved ? pick(1n) : writer.slice(turned, half, whole, 3n);
  const times = (a: string, b: string) => writer.add('Mul', [a, b]);
  const parts = [
    writer.add('Sub', [times(first, cosine), times(second, sine)]),
    writer.add('Add', [times(second, cosine), times(first, sine)]),
  ];
  const ends = rest ? [writer.slice(x, whole, writer.lengths(x, 3n), 3n)] : [];
  if (!interleaved) return writer.add('Concat', [...parts, ...ends], { axis: 3n }, output);
  const stacked = writer.add(
    'Concat',
    parts.map((part) => writer.unsqueeze(part, [4n])),
    { axis: 4n },
  );
  const flat = writer.add('Reshape', [stacked, writer.integers([0n, 0n, 0n, -1n])], {}, rest ? undefined : output);
  return rest ? writer.add('Concat', [flat, ...ends], { axis: 3n }, output) : flat;
}
