import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type NodeProtoSchema,
  type TensorProtoSchema,
} from './generated/onnx-ml_pb.js';
import { readModelGraph } from './read-model-graph.js';

type Model = MessageInitShape<typeof ModelProtoSchema>;
type Node = MessageInitShape<typeof NodeProtoSchema>;
type Tensor = MessageInitShape<typeof TensorProtoSchema>;

const output = [{ name: 'y' }];
const read = (model: Model) => readModelGraph(toBinary(ModelProtoSchema, create(ModelProtoSchema, model)));
const node = (opType: string, more: Partial<Node> = {}): Node => ({ opType, output: ['y'], ...more }) as Node;
const withNodes = (...nodes: Node[]): Model => ({ graph: { output, node: nodes } });
const withTensor = (tensor: Tensor): Model => ({ graph: { output, initializer: [{ name: 'w', dataType: DataType.FLOAT, ...tensor }] } });
const outside = (location: string, entries: Readonly<Record<string, string>> = {}): Tensor => ({
  name: 'w',
  dims: [2n],
  dataType: DataType.FLOAT,
  dataLocation: DataLocation.EXTERNAL,
  externalData: Object.entries({ location, ...entries }).map(([key, value]) => ({ key, value })),
});
const bytes = (count: number) => new Uint8Array(count);

describe('external data', () => {
  it.each(['../../etc/passwd', '/etc/passwd', 'C:\\x', 'a/../../x', '..', '.', '', 'a\\..\\x', 'a\0b', './x', 'file://x', '//x'])(
    'in %j are refused',
    (location) => {
      expect(() => read(withTensor(outside(location)))).toThrow(expect.objectContaining({ code: 'EXTERNAL_DATA_INVALID' }));
    },
  );

  const hidden = outside('../secret');
  it.each<[string, Model]>([
    ['a constant', withNodes(node('Constant', { attribute: [{ name: 'value', type: AttributeType.TENSOR, t: hidden }] }))],
    [
      'an attribute that says it is none',
      withNodes(node('Constant', { attribute: [{ name: 'value', type: AttributeType.FLOAT, t: hidden }] })),
    ],
    ['a list of tensors', withNodes(node('Constant', { attribute: [{ name: 'value', type: AttributeType.TENSORS, tensors: [hidden] }] }))],
    [
      'a branch inside a loop',
      withNodes(
        node('Loop', {
          attribute: [
            {
              name: 'body',
              type: AttributeType.GRAPH,
              g: { node: [node('If', { attribute: [{ name: 'then_branch', type: AttributeType.GRAPH, g: { initializer: [hidden] } }] })] },
            },
          ],
        }),
      ),
    ],
    ['the values of a sparse tensor', { graph: { output, sparseInitializer: [{ values: hidden, dims: [9n] }] } }],
    ['the places of a sparse tensor', { graph: { output, sparseInitializer: [{ values: { name: 's' }, indices: hidden, dims: [9n] }] } }],
    [
      'a function',
      {
        graph: { output },
        functions: [{ name: 'f', domain: 'x', node: [node('Constant', { attribute: [{ name: 'value', t: hidden }] })] }],
      },
    ],
    ['training information', { graph: { output }, trainingInfo: [{ initialization: { initializer: [hidden] } }] }],
  ])('are found in %s', (_place, model) => {
    expect(() => read(model)).toThrow(expect.objectContaining({ code: 'EXTERNAL_DATA_INVALID' }));
  });

  it('are listed with their place wherever they are', () => {
    const constant = node('Constant', {
      attribute: [{ name: 'value', type: AttributeType.TENSOR, t: outside('w.bin', { offset: '8', length: '8' }) }],
    });
    const graph = read(withNodes(constant));
    expect(graph.externalFiles).toEqual(['w.bin']);
    expect(graph.external).toEqual([{ tensor: 'w', location: 'w.bin', offset: 8, length: 8 }]);
  });

  it.each([{ offset: '-1' }, { offset: '1e3' }, { length: '99999999999999999999' }, { offset: '0x10' }])('at %j are refused', (entries) => {
    expect(() => read(withTensor(outside('w.bin', entries)))).toThrow(expect.objectContaining({ code: 'EXTERNAL_DATA_INVALID' }));
  });
});

describe('a tensor', () => {
  it.each<[string, Tensor]>([
    ['far too large for its bytes', { dims: [10_000n, 10_000n], rawData: bytes(4) }],
    ['of negative length', { dims: [-1n], rawData: bytes(4) }],
    ['of a size beyond 2^63', { dims: [2n ** 62n, 2n ** 62n], rawData: bytes(4) }],
    ['with more bytes than it has room for', { dims: [1n], rawData: bytes(8) }],
    ['without any bytes', { dims: [3n] }],
    ['whose bytes are no whole element', { dims: [1n], rawData: bytes(3) }],
    ['stored twice', { dims: [1n], rawData: bytes(4), floatData: [1] }],
    ['with too few numbers', { dims: [2n], floatData: [1] }],
    ['of half bytes, too short', { dims: [5n], dataType: DataType.INT4, rawData: bytes(2) }],
    ['of text among bytes', { dims: [1n], stringData: [bytes(1)] }],
    ['outside, with fewer bytes named than its shape asks for', outside('w.bin', { length: '4' })],
    ['outside and inside', { ...outside('w.bin'), rawData: bytes(8) }],
  ])('%s is refused', (_what, tensor) => {
    expect(() => read(withTensor(tensor))).toThrow(expect.objectContaining({ code: 'SHAPE_DATA_MISMATCH' }));
  });

  it.each<[string, Tensor]>([
    ['a scalar', { rawData: bytes(4) }],
    ['nothing', { dims: [0n, 7n] }],
    ['half bytes', { dims: [5n], dataType: DataType.INT4, rawData: bytes(3) }],
    ['half bytes as numbers', { dims: [5n], dataType: DataType.UINT4, int32Data: [1, 2, 3] }],
    ['half floats as numbers', { dims: [2n], dataType: DataType.FLOAT16, int32Data: [1, 2] }],
    ['complex numbers', { dims: [2n], dataType: DataType.COMPLEX64, floatData: [1, 2, 3, 4] }],
    ['texts', { dims: [2n], dataType: DataType.STRING, stringData: [bytes(1), bytes(0)] }],
    ['a file beside the model', outside('w.bin', { length: '8' })],
    ['a whole file beside the model', outside('w.bin')],
  ])('of %s is read', (_what, tensor) => {
    expect(() => read(withTensor(tensor))).not.toThrow();
  });
});

describe('operators', () => {
  const calls = (name: string, ...others: string[]) => ({ name, domain: 'own', node: others.map((one) => node(one, { domain: 'own' })) });

  it.each<[string, Model, string]>([
    ['of an unknown set', withNodes(node('Evil', { domain: 'evil.corp' })), 'OPERATOR_FORBIDDEN'],
    ['that load a program', withNodes(node('EPContext', { domain: 'com.microsoft' })), 'OPERATOR_FORBIDDEN'],
    [
      'of an unknown set, inside a branch',
      withNodes(node('If', { attribute: [{ name: 'then_branch', g: { node: [node('Evil', { domain: 'evil.corp' })] } }] })),
      'OPERATOR_FORBIDDEN',
    ],
    [
      'that are functions which call themselves',
      { graph: { output }, functions: [calls('a', 'b'), calls('b', 'a')] },
      'OPERATOR_FORBIDDEN',
    ],
    [
      'that are functions which double sixty times',
      {
        graph: { output },
        functions: Array.from({ length: 60 }, (_, depth) =>
          calls(String(depth), ...(depth === 59 ? [] : [String(depth + 1), String(depth + 1)])),
        ).map((one, depth) => (depth === 59 ? { ...one, node: [node('Relu')] } : one)),
      },
      'TOO_LARGE',
    ],
    ['without number', withNodes(...Array.from({ length: 70_000 }, () => node('Relu'))), 'TOO_LARGE'],
    ['with endless text', withNodes(node('Constant', { attribute: [{ name: 'value_string', s: bytes(70 * 2 ** 20) }] })), 'TOO_LARGE'],
  ])('%s are refused', (_what, model, code) => {
    expect(() => read(model)).toThrow(expect.objectContaining({ code }));
  });

  it('of the model itself are read', () => {
    const model = {
      graph: { output, node: [node('f', { domain: 'own' })] },
      functions: [{ name: 'f', domain: 'own', node: [node('Relu')] }],
    };
    expect(read(model).functions.get('own:f')).toHaveLength(1);
  });
});
