import type { TensorProto } from './generated/onnx-ml_pb.js';
import { GraphProblem } from './graph-problem.js';
import type { ExternalData } from './model-graph.js';

/**
 * Where a tensor's numbers lie outside the model file. Only a plain relative path inside the model's folder is taken:
 * a model from outside must not make anyone read another file.
 *
 * @throws GraphProblem EXTERNAL_DATA_INVALID
 */
export function readExternalData(tensor: TensorProto): ExternalData {
  const entries = new Map(tensor.externalData.map((entry) => [entry.key, entry.value]));
  const location = entries.get('location') ?? '';
  if (!isInside(location))
    throw new GraphProblem(
      'EXTERNAL_DATA_INVALID',
      `tensor ${tensor.name} lies in ${JSON.stringify(location)}, which is no file of the model's folder`,
    );
  return {
    location,
    offset: readCount(tensor.name, 'offset', entries.get('offset')) ?? 0,
    length: readCount(tensor.name, 'length', entries.get('length')),
  };
}

function isInside(location: string): boolean {
  const parts = location.split('/');
  return !/[\\:\0]/.test(location) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

function readCount(tensor: string, key: string, text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new GraphProblem('EXTERNAL_DATA_INVALID', `tensor ${tensor} gives ${JSON.stringify(text)} as the ${key} of its numbers`);
  return value;
}
