import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterAll, expect, it } from '@jest/globals';
import { onnx } from '#graph';
import { LanguageBench, readParts, storiesFolder } from '../../test/language-bench.js';

const bench = new LanguageBench();
afterAll(() => bench.close());

/**
 * stories260k as older exporters merge a decoder: one If, whose first branch reads the cache and whose other one does not. Here the other one
 * answers with its logits negated, so that it shows where it is taken.
 */
async function merge(): Promise<Uint8Array> {
  const model = fromBinary(onnx.ModelProtoSchema, await readFile(join(storiesFolder, 'model-kv.onnx')));
  const { graph } = model;
  if (graph === undefined) throw new Error('the model has no graph');
  const outputs = graph.output.map(({ name }) => name);
  const branch = create(onnx.GraphProtoSchema, { name: 'with-past', node: graph.node, output: graph.output });
  const other = create(onnx.GraphProtoSchema, {
    name: 'without-past',
    node: [...graph.node, create(onnx.NodeProtoSchema, { opType: 'Neg', input: ['logits'], output: ['negated'] })],
    output: graph.output.map((value) =>
      value.name === 'logits' ? create(onnx.ValueInfoProtoSchema, { ...value, name: 'negated' }) : value,
    ),
  });
  const { GRAPH } = onnx.AttributeProto_AttributeType;
  const attribute = [
    create(onnx.AttributeProtoSchema, { name: 'then_branch', type: GRAPH, g: branch }),
    create(onnx.AttributeProtoSchema, { name: 'else_branch', type: GRAPH, g: other }),
  ];
  graph.node = [
    create(onnx.NodeProtoSchema, { opType: 'If', name: 'optimum::if', input: ['use_cache_branch'], output: outputs, attribute }),
  ];
  const dim = [{ value: { case: 'dimValue' as const, value: 1n } }];
  const tensorType = { elemType: onnx.TensorProto_DataType.BOOL, shape: create(onnx.TensorShapeProtoSchema, { dim }) };
  const type = create(onnx.TypeProtoSchema, { value: { case: 'tensorType', value: create(onnx.TypeProto_TensorSchema, tensorType) } });
  graph.input.push(create(onnx.ValueInfoProtoSchema, { name: 'use_cache_branch', type }));
  return toBinary(onnx.ModelProtoSchema, model);
}

it('a merged decoder is read by its branch with a cache, and shows its attention', async () => {
  const config = await readFile(join(storiesFolder, 'config.json'));
  const folder = await bench.write({ 'model.onnx': await merge(), 'config.json': config });
  expect((await bench.probe(folder)).capabilities).toMatchObject({ attention: { layers: 5 }, generation: { kvCache: true } });
  const [merged, plain] = [await bench.open(folder), await bench.open(storiesFolder)];
  const { ids } = plain.encode('Once upon a time, there was a dog.');
  const parts = [4, 1, 1, ids.length - 6];
  for (const attention of [true, false]) {
    const what = attention ? 'probability' : null;
    const right = await readParts(plain.begin(what), ids, parts, attention);
    const found = await readParts(merged.begin(what), ids, parts, attention);
    found.logits.forEach((row, token) =>
      row.forEach((logit, at) => expect(Math.abs(logit - (right.logits[token]?.[at] ?? NaN))).toBeLessThan(1e-4)),
    );
    expect(found.rows.map((rows) => rows.length)).toEqual(right.rows.map((rows) => rows.length));
    found.rows.flat(2).forEach((share, at) => expect(Math.abs(share - (right.rows.flat(2)[at] ?? NaN))).toBeLessThan(2e-5));
  }
});
