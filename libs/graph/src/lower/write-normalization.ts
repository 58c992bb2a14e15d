import type { NodeWriter } from '../edit/node-writer.js';

export interface Normalization {
  readonly x: string;
  /** [width]; '' for none. */
  readonly scale: string;
  /** [width]; '' for none. */
  readonly bias: string;
  readonly epsilon: number;
  /** Name of what is written, and of mean and inverse deviation [..., 1]; '' for what is not asked for. */
  readonly outputs: { readonly y: string; readonly mean: string; readonly inverse: string };
}

/**
 * Layer normalisation over the last axis: (x - mean) / sqrt(variance + epsilon) * scale + bias. By the operator where the model's version of
 * ai.onnx has it, else written out.
 *
 * Source: ONNX operator LayerNormalization-17, whose text is a function of primitives.
 */
export function writeNormalization(writer: NodeWriter, { x, scale, bias, epsilon, outputs: { y, mean, inverse } }: Normalization): void {
  if (writer.opset >= 17) {
    const inputs = bias === '' ? [x, scale] : [x, scale, bias];
    writer.addAll('LayerNormalization', inputs, { axis: -1n, epsilon }, [y, mean, inverse]);
    return;
  }
  const wide = widen(writer, x);
  const middle = writer.mean(wide, [-1n]);
  const centred = writer.add('Sub', [wide, middle]);
  const deviation = writeRoot(writer, writer.mean(writer.add('Mul', [centred, centred]), [-1n]), epsilon);
  finish(writer, writer.add('Div', [centred, deviation]), scale, bias, y);
  if (mean !== '') writer.add('Identity', [middle], {}, mean);
  if (inverse !== '') writeInverse(writer, deviation, inverse);
}

export interface RootNormalization extends Omit<Normalization, 'outputs'> {
  /** Over which the squares are averaged. */
  readonly axes: readonly bigint[];
  readonly outputs: { readonly y: string; readonly inverse: string };
}

/**
 * Normalisation by the root of the mean square: x / sqrt(mean of x^2 + epsilon) * scale.
 *
 * Source: ONNX operator RMSNormalization-23, whose text is a function of primitives.
 */
export function writeRootNormalization(writer: NodeWriter, { x, scale, bias, epsilon, axes, outputs }: RootNormalization): void {
  const wide = widen(writer, x);
  const root = writeRoot(writer, writer.mean(writer.add('Mul', [wide, wide]), axes), epsilon);
  finish(writer, writer.add('Div', [wide, root]), scale, bias, outputs.y);
  if (outputs.inverse !== '') writeInverse(writer, root, outputs.inverse);
}

/** Operators for float16 sum squares in float32, where they do not overflow. */
function widen(writer: NodeWriter, x: string): string {
  return writer.float === 'float16' ? writer.cast(x, 'float32') : x;
}

function writeRoot(writer: NodeWriter, mean: string, epsilon: number): string {
  const small = writer.float === 'float64' ? writer.cast(writer.floats([epsilon]), 'float64') : writer.floats([epsilon]);
  return writer.add('Sqrt', [writer.add('Add', [mean, small])]);
}

function writeInverse(writer: NodeWriter, root: string, output: string): void {
  writer.add('Reciprocal', [root], {}, output);
}

function finish(writer: NodeWriter, normalized: string, scale: string, bias: string, output: string): void {
  const narrow = writer.float === 'float16' ? writer.toFloat(normalized) : normalized;
  const scaled = (name?: string) => writer.add('Mul', [narrow, scale], {}, name);
  if (bias === '') scaled(output);
  else writer.add('Add', [scaled(), bias], {}, output);
}
