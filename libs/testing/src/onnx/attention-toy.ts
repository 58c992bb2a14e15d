import { buildOnnxModel, type OnnxModelOptions, type OnnxNode, type OnnxTensor } from './build-onnx-model.js';

/** What differs from the plainest attention. */
export interface AttentionToy {
  /** From `product` [batch, heads, queries, keys] to `scores`. */
  readonly scores?: readonly OnnxNode[];
  readonly softmax?: OnnxNode;
  /** From `probabilities` to `factor`, which is multiplied with the values. */
  readonly factor?: readonly OnnxNode[];
  readonly tensors?: readonly OnnxTensor[];
  readonly options?: OnnxModelOptions;
}

/**
 * Attention with a closed form: input `x` [batch, heads, tokens, 1] is keys and values, every query is 1, so that the scores of key j are x_j
 * and the probabilities exp(x_j) / sum exp(x_k). Feed logarithms and they are ratios. Output `y` [batch, heads, tokens, 1] is the mean of x.
 */
export function attentionToy({ scores, softmax, factor, tensors = [], options }: AttentionToy = {}): Uint8Array {
  const port = (name: string) => ({ name, type: 'float32', shape: ['batch', 'heads', 'tokens', 1] }) as const;
  return buildOnnxModel(
    {
      inputs: [port('x')],
      outputs: [port('y')],
      tensors: [
        { name: 'zero', type: 'float32', shape: [], values: [0] },
        { name: 'one', type: 'float32', shape: [], values: [1] },
        ...tensors,
      ],
      nodes: [
        { op: 'Mul', inputs: ['x', 'zero'], outputs: ['nothing'] },
        { op: 'Add', inputs: ['nothing', 'one'], outputs: ['query'] },
        { op: 'Transpose', inputs: ['x'], outputs: ['key'], attributes: { perm: { ints: [0, 1, 3, 2] } } },
        { op: 'MatMul', inputs: ['query', 'key'], outputs: ['product'] },
        ...(scores ?? [{ op: 'Identity', inputs: ['product'], outputs: ['scores'] }]),
        softmax ?? { op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: { axis: { int: -1 } } },
        ...(factor ?? [{ op: 'Identity', inputs: ['probabilities'], outputs: ['factor'] }]),
        { op: 'MatMul', inputs: ['factor', 'x'], outputs: ['y'] },
      ],
    },
    options,
  );
}
