import type { AttributeInit } from '../../edit/node-writer.js';
import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';

/** Attributes that say how numbers are read between places. */
const kept = ['antialias', 'coordinate_transformation_mode', 'cubic_coeff_a', 'exclude_outside', 'mode', 'nearest_mode'];

/**
 * Resampling is linear, axis by axis: the transposed matrix of each. The runtime makes the matrix itself, by resizing the identity along that
 * axis, so that every mode and rounding is the node's own.
 */
export const resize: GradientRule = {
  refuse: (node) => {
    if (node.text('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize') return 'crops while it resizes';
    if (node.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch') return 'keeps the ratio of its sides (keep_aspect_ratio_policy)';
    return null;
  },
  write: (node, writer) => {
    const [x, y, rank] = [node.input(0), node.output(0), node.rank(0)];
    const axes = (node.integers('axes') ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) => (axis < 0 ? axis + rank : axis));
    const scaled = hasNumbers(node, 2);
    const scales = scaled ? node.values(2) : null;
    const stays = (axis: number, at: number) => (scales === null ? !scaled && node.facts.agree(x, axis, y, axis) : scales[at] === 1);
    const gradient = axes.reduce((dy, axis, at) => {
      return stays(axis, at) ? dy : multiplyAlong(writer, dy, writeMatrix(node, writer, axis, scaled ? at : null), axis, rank);
    }, node.upstream());
    return [gradient];
  },
};

/** An empty list stands for one that is left out. */
function hasNumbers(node: DifferentiatedNode, at: number): boolean {
  return node.has(at) && node.facts.of(node.input(at)).shapes[0]?.[0] !== 0;
}

/**
 * [length before, length after]: the rows of the identity, resized.
 *
 * @param scale place of the axis in the list of scales; null where sizes are given
 */
function writeMatrix(node: DifferentiatedNode, writer: GradientWriter, axis: number, scale: number | null): string {
  const [length, ones] = [writer.lengthOf(node.input(0), axis), writer.integers([1n, 1n])];
  const join = (parts: readonly string[]) => writer.add('Concat', parts, { axis: 0n });
  const eye = writer.add('OneHot', [range(), single(), writer.floats([0, 1])], { axis: 0n });
  const image = writer.add('Reshape', [eye, join([ones, length, length])]);
  const made = writer.add('Resize', [image, ...readTarget()], readAttributes(node));
  const matrix = writer.add('Reshape', [made, join([length, writer.integers([-1n])])]);
  return writer.float === 'float32' ? matrix : writer.toFloat(matrix);

  function single(): string {
    return writer.add('Reshape', [length, writer.integers([])]);
  }

  function range(): string {
    return writer.range(single());
  }

  function readTarget(): readonly string[] {
    // The list may be empty, and then stands where it stood.
    const [region, scales] = [node.input(1), node.input(2)];
    if (scale === null) return [region, scales, join([ones, length, writer.lengthOf(node.output(0), axis)])];
    const one = writer.slice(scales, writer.integers([BigInt(scale)]), writer.integers([BigInt(scale + 1)]), 0n);
    return [region, join([writer.floats([1, 1, 1]), one])];
  }
}

function readAttributes(node: DifferentiatedNode): Readonly<Record<string, AttributeInit>> {
  const found = kept.flatMap((name): readonly (readonly [string, AttributeInit])[] => {
    const attribute = node.node.attributes.get(name);
    if (attribute?.kind === 'float' || attribute?.kind === 'int' || attribute?.kind === 'string') return [[name, attribute.value]];
    return [];
  });
  return Object.fromEntries(found);
}

/** dy times the transposed matrix, along an axis. */
function multiplyAlong(writer: GradientWriter, dy: string, matrix: string, axis: number, rank: number): string {
  if (axis === rank - 2) return writer.add('MatMul', [matrix, dy]);
  const turned = writer.add('Transpose', [matrix], { perm: [1n, 0n] });
  if (axis === rank - 1) return writer.add('MatMul', [dy, turned]);
  const swap = Array.from({ length: rank }, (_, at) => BigInt(at === axis ? rank - 1 : at === rank - 1 ? axis : at));
  const product = writer.add('MatMul', [writer.add('Transpose', [dy], { perm: swap }), turned]);
  return writer.add('Transpose', [product], { perm: swap });
}
