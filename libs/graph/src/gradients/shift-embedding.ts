import { findFloatType } from '../attention/find-float-type.js';
import { findFreshName } from '../attention/find-fresh-name.js';
import { GraphEditor } from '../edit/graph-editor.js';
import { NodeWriter } from '../edit/node-writer.js';
import { GraphIndex } from '../graph-index.js';
import type { ModelGraph } from '../model-graph.js';
import type { Embedding } from './find-embedding.js';

export interface ShiftedEmbedding {
  readonly bytes: Uint8Array;
  /** Name of the rows as the table has them. */
  readonly plain: string;
  /** Name of the rows as the model goes on with them: those of the table and the shift. */
  readonly shifted: string;
  /** Name of the input that takes the shift: float32, [batch, tokens, width] or what broadcasts to it. */
  readonly shift: string;
}

/**
 * Adds an input to the rows of the word embedding, so that a model can be run between its tokens: on a path from a baseline, or with noise.
 * Ids, masks and positions stay those of the text.
 *
 * @param bytes what `graph` was read from
 */
export function shiftEmbedding(bytes: Uint8Array, graph: ModelGraph, { place, tensor }: Embedding): ShiftedEmbedding {
  const editor = new GraphEditor(bytes);
  const prefix = findFreshName(graph, 'vitrine/embedding');
  const [plain, shift] = [`${prefix}/plain`, findFreshName(graph, 'vitrine.shift')];
  const writer = new NodeWriter(prefix, graph.opsets.get('') ?? 1, findFloatType(new GraphIndex(graph), tensor));
  const typed = writer.float === 'float32' ? shift : writer.toFloat(shift);
  writer.add('Add', [plain, typed], {}, tensor);
  const node = editor.readNode(place);
  node.output[node.output.indexOf(tensor)] = plain;
  editor.replaceNode(place, [node, ...writer.nodes]);
  editor.appendFloats(shift, [`${shift}.rows`, `${shift}.tokens`, `${shift}.width`]);
  return { bytes: editor.write(), plain, shifted: tensor, shift };
}
