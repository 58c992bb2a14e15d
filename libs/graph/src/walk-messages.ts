import type { ModelProto, TensorProto } from './generated/onnx-ml_pb.js';

interface Message {
  readonly $typeName: string;
}

/**
 * Every tensor of a model, wherever it lies: initialisers, attributes of nodes, branches and loop bodies, functions, sparse
 * tensors, training information. Found by the messages themselves, so that no place is forgotten and no declared type of an
 * attribute can hide one.
 */
export function findTensors(model: ModelProto): readonly TensorProto[] {
  const tensors: TensorProto[] = [];
  const waiting: object[] = [model];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (isTensor(value)) tensors.push(value);
    for (const member of Object.values(value) as readonly unknown[]) {
      if (!isContainer(member)) continue;
      // Numbers in lists are many; a list of messages holds nothing else.
      if (Array.isArray(member) && !isContainer(member[0])) continue;
      waiting.push(member);
    }
  }
  return tensors;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function isTensor(value: object): value is TensorProto {
  return (value as Partial<Message>).$typeName === 'onnx.TensorProto';
}
