import type { StoredTensor } from '#testing';
import type { ConformanceCase } from '../conformance-case.js';
import type { CaseOutcome } from './outcome.js';

/** Tensors as they are computed here, in the shapes of the reference; what is not comparable stays empty. */
export class ProducedTensors {
  private readonly tensors = new Map<string, Float64Array>();

  constructor(private readonly one: ConformanceCase) {}

  wants(name: string): boolean {
    return this.one.tolerance[name] !== undefined;
  }

  shapeOf(name: string): readonly number[] {
    return this.reference(name)?.shape ?? [];
  }

  /** Puts numbers from a place of the last axes on. */
  put(name: string, at: readonly number[], numbers: ArrayLike<number>): void {
    if (!this.wants(name) || this.repeats(name)) return;
    const shape = this.shapeOf(name);
    const start = at.reduce((offset, place, axis) => offset + place * shape.slice(axis + 1).reduce((a, b) => a * b, 1), 0);
    this.of(name).set(Array.from(numbers), start);
  }

  /** Relative L2 error of each tensor, as part of its tolerance. */
  compare(ignored: readonly string[] = ['graph_attentions', 'model_logits']): CaseOutcome {
    const notes: string[] = [];
    let largest = 0;
    for (const [name, tolerance] of Object.entries(this.one.tolerance)) {
      if (ignored.includes(name) || this.repeats(name)) continue;
      const [mine, reference] = [this.tensors.get(name), this.reference(name)];
      if (mine === undefined || reference === undefined) return { ok: false, note: `nothing is compared with ${name}` };
      let [wrong, size, compared] = [0, 0, 0];
      mine.forEach((value, at) => {
        if (value === untouched) return;
        const right = Number(reference.data[at]);
        wrong += (value - right) ** 2;
        size += right ** 2;
        compared++;
      });
      if (compared === 0) return { ok: false, note: `nothing is compared with ${name}` };
      const share = Math.sqrt(wrong / size) / tolerance;
      if (!(share <= largest)) largest = share;
      notes.push(`${name} ${share.toFixed(3)}`);
    }
    return { ok: largest <= 1 && notes.length > 0, note: `${largest.toFixed(3)} of its tolerance  (${notes.join(', ')})` };
  }

  /** Where the chosen score's gradients are not stored apart, they are among those of all targets. */
  private repeats(name: string): boolean {
    return name === 'grad_attentions_chosen' && this.reference(name) === undefined && this.wants('grad_attentions');
  }

  /** Some are stored in float64 alone. */
  private reference(name: string): StoredTensor | undefined {
    return this.one.tensors.get(name) ?? this.one.tensors.get(`${name}.float64`);
  }

  private of(name: string): Float64Array {
    const known = this.tensors.get(name);
    if (known !== undefined) return known;
    const made = new Float64Array(this.shapeOf(name).reduce((a, b) => a * b, 1)).fill(untouched);
    this.tensors.set(name, made);
    return made;
  }
}

/** Stands for what was not computed; no result is this number. */
const untouched = Number.MIN_VALUE;
