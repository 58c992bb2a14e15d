import type { DifferentiableInput } from '#explainers';
import { FormulaInput, type Formula } from './formula-input.js';
import { PieceModel, type PieceModelOptions } from './piece-model.js';

/** A classifier of texts whose tokens are rows of two numbers, (id + 1, -id / 2); formulas of all rows are the classes' scores. */
export class EmbeddedModel extends PieceModel {
  override readonly padTokenId = 1;
  /** What `differentiate` gave last. */
  input: FormulaInput | null = null;

  constructor(
    private readonly formulas: readonly Formula[],
    options: PieceModelOptions = {},
    private readonly rounded: readonly string[] = [],
  ) {
    super(() => 1, options);
  }

  override embed(ids: Int32Array): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from([...ids].flatMap((id) => [id + 1, -id / 2])));
  }

  override async differentiate(ids: Int32Array): Promise<DifferentiableInput> {
    const count = (points: number) => void (this.modelRows += points);
    this.input = new FormulaInput(this.formulas, await this.embed(ids), [ids.length, 2], count, this.rounded);
    return this.input;
  }
}
