import type { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type OutputKind } from '#explainers';
import { readFloats } from './read-floats.js';

/** Which numbers of the explained tensor belong to a row. */
export interface ScoreLayout {
  readonly name: string;
  readonly kind: OutputKind;
  /** Numbers a row is to have: the classes, or 1. */
  readonly outputs: number;
}

/**
 * Reads the explained tensor as [rows x outputs], row-major, widened to float64.
 *
 * A classifier of two classes may give one number a row, that of the second class. The first class then gets what
 * leaves every reading of the pair unchanged: 1 - p beside a probability, 0 beside a logit (softmax(0, z) is
 * sigmoid(z)), and -m beside a margin, as ONNX tree ensembles write it.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED where type or shape are others
 */
export function readScores(tensor: Tensor, rows: number, { name, kind, outputs }: ScoreLayout): Float64Array {
  const values = widen(tensor, name);
  if (values.length === rows * outputs && tensor.dims[0] === rows) return values;
  if (values.length !== rows || outputs !== 2) {
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      `output ${name} has the shape [${tensor.dims.join(', ')}] for ${rows} rows; [${rows}, ${outputs}] was expected`,
    );
  }
  const pairs = new Float64Array(rows * 2);
  values.forEach((value, row) => {
    pairs[2 * row] = complement(value, kind);
    pairs[2 * row + 1] = value;
  });
  return pairs;
}

function complement(value: number, kind: OutputKind): number {
  if (kind === 'probabilities') return 1 - value;
  return kind === 'margin' ? -value : 0;
}

function widen(tensor: Tensor, name: string): Float64Array {
  const floats = readFloats(tensor);
  if (floats !== null) return Float64Array.from(floats);
  throw new ExplainProblem('MODEL_UNSUPPORTED', `output ${name} holds ${tensor.type}; floating-point numbers are needed`);
}
