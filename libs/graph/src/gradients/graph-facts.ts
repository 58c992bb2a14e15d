/** What trial runs say of a tensor. */
export interface TensorFacts {
  /** As the runtime names it: float32, float16, float64, int64, bool... */
  readonly type: string;
  /** Its shape in each trial run; an axis whose length differs between runs varies with what is fed. */
  readonly shapes: readonly (readonly number[])[];
  /** The numbers of a small tensor that were the same in every run; null for others. */
  readonly values: readonly number[] | null;
}

/**
 * Types, shapes and small constants of the tensors of a graph, from trial runs. What is fed differs in every open length from run to run, and
 * no two lengths of one run are equal by chance, so that an axis of length 1 in all of them is one that broadcasts.
 */
export class GraphFacts {
  constructor(private readonly tensors: ReadonlyMap<string, TensorFacts>) {}

  /** @throws RangeError for a tensor that no trial run gave */
  of(tensor: string): TensorFacts {
    const facts = this.tensors.get(tensor);
    if (facts === undefined) throw new RangeError(`nothing is known of the tensor ${tensor}`);
    return facts;
  }

  has(tensor: string): boolean {
    return this.tensors.has(tensor);
  }

  isFloat(tensor: string): boolean {
    const type = this.tensors.get(tensor)?.type;
    return type === 'float32' || type === 'float16' || type === 'float64';
  }

  rank(tensor: string): number {
    return this.of(tensor).shapes[0]?.length ?? 0;
  }

  /** Length of an axis, counted from the end where negative; null where it varies. */
  length(tensor: string, axis: number): number | null {
    const lengths = this.of(tensor).shapes.map((shape) => shape.at(axis));
    const [first] = lengths;
    return first !== undefined && lengths.every((length) => length === first) ? first : null;
  }

  /** Whether two axes have the same length in every run. */
  agree(one: string, axis: number, other: string, at: number): boolean {
    const others = this.of(other).shapes;
    return this.of(one).shapes.every((shape, run) => shape[axis] !== undefined && shape[axis] === others[run]?.[at]);
  }

  /** Whether two tensors have the same shape in every run. */
  sameShape(one: string, other: string): boolean {
    const rank = this.rank(one);
    return rank === this.rank(other) && Array.from({ length: rank }, (_, axis) => axis).every((axis) => this.agree(one, axis, other, axis));
  }

  /** Numbers of a small constant; null where it is none, or large. */
  values(tensor: string): readonly number[] | null {
    return this.tensors.get(tensor)?.values ?? null;
  }
}
