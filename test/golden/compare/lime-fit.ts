import { z } from 'zod';
import { BinaryRows, fitSurrogates, type FeatureSelection, type Neighbourhood, type Surrogate } from '#attribution';
import type { StoredTensor } from '#testing';
import { compareNumbers, type Comparison } from './comparison.js';

/** A fit that lime made to a stored neighbourhood, whatever its file calls the parts. */
export interface ReferenceFit {
  readonly selection: FeatureSelection;
  readonly numFeatures: number;
  readonly intercept: number;
  /** Chosen features and their weights. */
  readonly weights: readonly (readonly [feature: number, weight: number])[];
  readonly score: number;
  readonly localPrediction: number;
}

/** lime's four ways to choose features; the surrogates here know all but the last. */
export const limeSelection = z.enum(['none', 'highest_weights', 'forward_selection', 'lasso_path']);

function findTensor(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new RangeError(`the reference has no tensor ${name}`);
  return tensor;
}

/** A tensor of doubles that must be there. */
export function findDoubles(tensors: ReadonlyMap<string, StoredTensor>, name: string): Float64Array {
  const { data } = findTensor(tensors, name);
  if (!(data instanceof Float64Array)) throw new RangeError(`the reference tensor ${name} does not hold float64`);
  return data;
}

/** A tensor of singles that must be there. */
export function findFloats(tensors: ReadonlyMap<string, StoredTensor>, name: string): Float32Array {
  const { data } = findTensor(tensors, name);
  if (!(data instanceof Float32Array)) throw new RangeError(`the reference tensor ${name} does not hold float32`);
  return data;
}

/** The rows of a stored [samples, features] tensor of zeros and ones. */
export function readRows(tensors: ReadonlyMap<string, StoredTensor>, name: string): BinaryRows {
  const { data, shape } = findTensor(tensors, name);
  if (!(data instanceof Uint8Array)) throw new RangeError(`the reference tensor ${name} does not hold bytes`);
  const features = shape[1] ?? 0;
  const rows = new BinaryRows(features);
  for (let start = 0; start < data.length; start += features) rows.append(data.subarray(start, start + features));
  return rows;
}

/** How many ones each row has. */
export function countOnes(rows: BinaryRows): number[] {
  const bits = new Uint8Array(rows.features);
  return Array.from({ length: rows.length }, (_, row) => rows.read(row, bits));
}

/** Fits a surrogate as the reference did and compares every number of it. */
export function compareFit(
  what: string,
  reference: ReferenceFit,
  neighbourhood: Neighbourhood,
  scores: Float64Array,
  tolerance: number,
): readonly Comparison[] {
  const { selection, numFeatures } = reference;
  const [surrogate] = fitSurrogates(neighbourhood, [scores], { selection, numFeatures, alpha: 1 });
  if (!surrogate) throw new RangeError('one target has one surrogate');
  const name = `${what}, ${selection} of ${numFeatures}`;
  return [
    compareNumbers(`${name}: weights`, surrogate.weights, spreadWeights(reference, surrogate), tolerance),
    compareNumbers(`${name}: selected`, [...surrogate.selected].sort(byValue), chosen(reference), 0),
    compareNumbers(`${name}: intercept`, [surrogate.intercept], [reference.intercept], tolerance),
    compareNumbers(`${name}: fidelity`, [surrogate.fidelity], [reference.score], tolerance),
    compareNumbers(`${name}: local prediction`, [surrogate.localPrediction], [reference.localPrediction], tolerance),
  ];
}

function spreadWeights(reference: ReferenceFit, { weights }: Surrogate): number[] {
  const known = new Map(reference.weights);
  return weights.map((_, feature) => known.get(feature) ?? 0);
}

function chosen({ weights }: ReferenceFit): number[] {
  return weights.map(([feature]) => feature).sort(byValue);
}

function byValue(a: number, b: number): number {
  return a - b;
}
