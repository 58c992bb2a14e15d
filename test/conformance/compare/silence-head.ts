import { readModelGraph, type AttentionLayer, type GraphNode, type Initializer, type ModelGraph } from '#graph';

/** Bytes of a number, for types whose zero is written as zero bytes. */
const sizes: Readonly<Record<string, number>> = { float32: 4, float16: 2, int8: 1 };
/** Operators between what the heads mixed and the projection that joins them. */
const between = new Set(['Transpose', 'Reshape', 'Identity', 'Cast']);

/**
 * A copy of a model whose output projection has zeros for one head of a layer: rows of a stored matrix, found and written without
 * the graph being changed. What the head mixed then reaches nothing.
 *
 * @param head from 0
 * @returns null where the projection is not the first product behind the layer, or its matrix is not stored in the file as floating-point numbers
 */
export function silenceHead(bytes: Uint8Array, layer: AttentionLayer & { readonly heads: number }, head: number): Uint8Array | null {
  const copy = Uint8Array.from(bytes);
  const graph = readModelGraph(copy);
  const start = graph.nodes[layer.place];
  const mixed = start === undefined ? undefined : start.opType === 'Softmax' ? findMixed(graph, start.outputs[0]) : start.outputs[0];
  const projection = mixed === undefined ? null : findProjection(graph, mixed);
  if (projection === null) return null;
  const { weights, transposed } = projection;
  const { raw, shape } = weights;
  const bytesEach = sizes[weights.elementType] ?? 0;
  if (raw === null || shape.length !== 2 || bytesEach === 0) return null;
  const [rows = 0, columns = 0] = shape;
  const width = transposed ? columns : rows;
  const size = width / layer.heads;
  if (!Number.isInteger(size)) return null;
  const [from, to] = [head * size, (head + 1) * size];
  if (transposed) for (let row = 0; row < rows; row++) raw.fill(0, bytesEach * (row * columns + from), bytesEach * (row * columns + to));
  else raw.fill(0, bytesEach * from * columns, bytesEach * to * columns);
  return copy;
}

/** The output of the first product behind a Softmax. */
function findMixed(graph: ModelGraph, tensor: string | undefined, depth = 8): string | undefined {
  if (tensor === undefined || depth === 0) return undefined;
  for (const node of readersOf(graph, tensor)) {
    if (node.opType === 'MatMul' && node.inputs[0] === tensor) return node.outputs[0];
    if (node.opType === 'MatMul') continue;
    const found = findMixed(graph, node.outputs[0], depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findProjection(
  graph: ModelGraph,
  tensor: string,
  depth = 8,
): { readonly weights: Initializer; readonly transposed: boolean } | null {
  if (depth === 0) return null;
  for (const node of readersOf(graph, tensor)) {
    const weights = findStored(graph, node.inputs[1] ?? '');
    if ((node.opType === 'MatMul' || node.opType === 'Gemm') && node.inputs[0] === tensor && weights !== undefined) {
      const transposed = node.attributes.get('transB');
      return { weights, transposed: transposed?.kind === 'int' && transposed.value === 1n };
    }
    if (!between.has(node.opType)) continue;
    const found = findProjection(graph, node.outputs[0] ?? '', depth - 1);
    if (found !== null) return found;
  }
  return null;
}

/** A stored matrix, also where it is cast and scaled before it is used. */
function findStored(graph: ModelGraph, name: string): Initializer | undefined {
  const stored = graph.initializers.get(name);
  if (stored !== undefined) return stored;
  const maker = graph.nodes.find(({ outputs }) => outputs[0] === name);
  const kept = maker !== undefined && (maker.opType === 'Cast' || maker.opType === 'Mul');
  return kept ? findStored(graph, maker.inputs[0] ?? '') : undefined;
}

function readersOf(graph: ModelGraph, tensor: string): readonly GraphNode[] {
  return graph.nodes.filter(({ inputs }) => inputs.includes(tensor));
}
