import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { checkNodes } from './check-nodes.js';
import { ModelProtoSchema } from './generated/onnx-ml_pb.js';

const own = 'own.functions';
const call = (opType: string, overload = '') => ({ domain: own, opType, overload });
const body = (overload: string, ...node: { domain?: string; opType: string; overload?: string }[]) => ({
  domain: own,
  name: 'Twice',
  overload,
  node,
});
const model = (...functions: ReturnType<typeof body>[]) =>
  create(ModelProtoSchema, { graph: { node: [call('Twice', 'float')] }, functions });

describe('functions of one name and several overloads', () => {
  it('are looked into one by one', () => {
    const forbidden = body('float', { domain: 'some.company', opType: 'Anything' });
    for (const functions of [
      [forbidden, body('int', { opType: 'Add' })],
      [body('int', { opType: 'Add' }), forbidden],
    ])
      expect(() => checkNodes(model(...functions))).toThrow(expect.objectContaining({ code: 'OPERATOR_FORBIDDEN' }));
  });

  it('may call each other, and not themselves', () => {
    const plain = body('int', { opType: 'Add' });
    expect(() => checkNodes(model(body('float', call('Twice', 'int')), plain))).not.toThrow();
    expect(() => checkNodes(model(body('float', call('Twice', 'float')), plain))).toThrow(/calls itself/);
  });
});
