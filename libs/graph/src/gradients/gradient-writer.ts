import { NodeWriter, type FloatType } from '../edit/node-writer.js';
import type { GraphFacts } from './graph-facts.js';

/** Writes the nodes of gradients, which have the shapes of the tensors they are gradients of. */
export class GradientWriter extends NodeWriter {
  constructor(
    prefix: string,
    opset: number,
    float: FloatType,
    readonly facts: GraphFacts,
  ) {
    super(prefix, opset, float);
  }

  times(one: string, other: string): string {
    return this.add('Mul', [one, other]);
  }

  /** Times a number. */
  scale(tensor: string, factor: number): string {
    return factor === 1 ? tensor : this.times(tensor, this.number(factor));
  }

  /** A tensor of another type of numbers in the writer's. */
  convert(tensor: string, type: string): string {
    return type === this.float ? tensor : this.toFloat(tensor);
  }

  negate(tensor: string): string {
    return this.add('Neg', [tensor]);
  }

  /** `tensor` where the condition holds, 0 elsewhere, also beside what is not finite. */
  keepWhere(condition: string, tensor: string): string {
    return this.add('Where', [condition, tensor, this.number(0)]);
  }

  dropWhere(condition: string, tensor: string): string {
    return this.add('Where', [condition, this.number(0), tensor]);
  }

  /** Sums over axes counted from the front; none leaves the tensor. */
  sumOver(tensor: string, axes: readonly number[], keep: boolean): string {
    if (axes.length === 0) return tensor;
    const keepdims = keep ? 1n : 0n;
    const list = axes.map(BigInt);
    if (this.opset < 13) return this.add('ReduceSum', [tensor], { axes: list, keepdims });
    return this.add('ReduceSum', [tensor, this.integers(list)], { keepdims });
  }

  /** Products over axes counted from the front, which stay with length 1; none leaves the tensor. */
  productOver(tensor: string, axes: readonly number[]): string {
    if (axes.length === 0) return tensor;
    const list = axes.map(BigInt);
    if (this.opset < 18) return this.add('ReduceProd', [tensor], { axes: list });
    return this.add('ReduceProd', [tensor, this.integers(list)]);
  }

  /** Means over axes counted from the front, which stay with length 1. */
  meanOver(tensor: string, axes: readonly number[]): string {
    return this.mean(tensor, axes.map(BigInt));
  }

  /**
   * Sums a gradient in the shape of `from` over the axes along which `to` was repeated.
   *
   * @param from, to tensors of the forward pass; `to` broadcasts to `from`
   */
  unbroadcast(gradient: string, from: string, to: string): string {
    const lead = this.facts.rank(from) - this.facts.rank(to);
    const front = Array.from({ length: lead }, (_, axis) => axis);
    const repeated = Array.from({ length: this.facts.rank(to) }, (_, axis) => axis).filter(
      (axis) => this.facts.length(to, axis) === 1 && this.facts.length(from, axis + lead) !== 1,
    );
    return this.sumOver(this.sumOver(gradient, front, false), repeated, true);
  }

  /**
   * Gives a gradient in the shape of `from` the shape of `to`, which has as many numbers. The target is a constant where it can be one, so
   * that a tensor of the forward pass is not held for its shape.
   */
  reshape(gradient: string, from: string, to: string): string {
    if (this.facts.sameShape(from, to)) return gradient;
    const rank = this.facts.rank(to);
    const target = Array.from({ length: rank }, (_, axis) => {
      const fixed = this.facts.length(to, axis);
      if (fixed !== null) return fixed === 0 ? null : fixed;
      return axis < this.facts.rank(from) && this.facts.agree(to, axis, from, axis) ? 0 : -1;
    });
    const open = target.filter((length) => length === -1).length;
    const known = target.flatMap((length) => (length === null ? [] : [BigInt(length)]));
    const shape = open <= 1 && known.length === rank ? this.integers(known) : this.add('Shape', [to]);
    return this.add('Reshape', [gradient, shape]);
  }

  /** Repeats along axes of length 1 to the shape of a tensor. */
  expandTo(gradient: string, to: string): string {
    return this.add('Expand', [gradient, this.add('Shape', [to])]);
  }

  zerosLike(tensor: string): string {
    return this.expandTo(this.number(0), tensor);
  }

  /** Swaps the last two axes of a tensor of the forward pass. */
  transposeLast(tensor: string): string {
    const rank = this.facts.rank(tensor);
    const perm = Array.from({ length: rank }, (_, axis) => BigInt(axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return this.add('Transpose', [tensor], { perm });
  }

  /** A condition as numbers 0 and 1. */
  indicate(condition: string): string {
    return this.toFloat(condition);
  }

  /** Length of an axis of a tensor of the forward pass, as a list of one. */
  lengthOf(tensor: string, axis: number): string {
    const fixed = this.facts.length(tensor, axis);
    if (fixed !== null) return this.integers([BigInt(fixed)]);
    return this.lengths(tensor, BigInt(axis), BigInt(axis) + 1n);
  }

  /**
   * Puts what was picked along an axis back to its places, adding where one was picked twice: the product with the matrix that has a 1 for
   * every pick.
   *
   * @param gradient its axis `axis` has one entry for each pick
   * @param places int64 or int32, rank 1; may be negative
   * @param rank of the gradient
   * @param length of the axis that was picked from, a list of one
   */
  putBack(gradient: string, places: string, axis: number, rank: number, length: string): string {
    const matrix = this.oneHot(places, length, 0n);
    const [last, front] = [BigInt(rank - 1), axis];
    if (rank > 1 && front === rank - 2) return this.add('MatMul', [matrix, gradient]);
    if (front === rank - 1) return this.add('MatMul', [gradient, this.add('Transpose', [matrix], { perm: [1n, 0n] })]);
    const swap = Array.from({ length: rank }, (_, at) => BigInt(at)).map((at) =>
      at === BigInt(front) ? last : at === last ? BigInt(front) : at,
    );
    const turned = this.add('Transpose', [gradient], { perm: swap });
    const product = this.add('MatMul', [turned, this.add('Transpose', [matrix], { perm: [1n, 0n] })]);
    return this.add('Transpose', [product], { perm: swap });
  }

  /**
   * Ones at places and zeros elsewhere. Made in float32 from int64: the runtime has kernels for few types.
   *
   * @param places int64 or int32; may be negative
   * @param length of the axis that is added, a list of one
   * @param axis that is added
   */
  oneHot(places: string, length: string, axis: bigint): string {
    const depth = this.add('Reshape', [length, this.integers([])]);
    const made = this.add('OneHot', [this.toInteger(places), depth, this.floats([0, 1])], { axis });
    return this.float === 'float32' ? made : this.toFloat(made);
  }
}
