import type { Tensor } from 'onnxruntime-node';
import { GraphFacts, GraphIndex, appendOutputs, findZipMaps, type ModelGraph, type TensorFacts } from '#graph';
import { readFloats } from '../session/read-floats.js';
import { OnnxSession, type Feeds, type SessionSource } from '../session/onnx-session.js';

/** Numbers of a constant that are kept: axes, shapes, limits. */
const small = 64;

/**
 * Types, shapes and small constants of every tensor of a model, from runs over tiny inputs.
 *
 * @param source its patched bytes are what `graph` was read from
 * @param trials at least two, which differ in every open length
 * @throws ExplainProblem MODEL_RUN_FAILED, MODEL_FILE_INVALID or MODEL_UNSUPPORTED
 */
export async function runTrials(
  source: SessionSource & { readonly patched: Uint8Array },
  graph: ModelGraph,
  trials: readonly Feeds[],
): Promise<GraphFacts> {
  const own = new Set(graph.outputs.map(({ name }) => name));
  const lists = new Set(findZipMaps(graph).map(({ output }) => output));
  const made = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  const stored = [...graph.initializers.values()];
  const shown = stored.filter(({ elements, name }) => elements <= small && !own.has(name)).map(({ name }) => name);
  // The runtime cannot hand over a list of maps.
  const names = [...new Set([...own, ...made, ...shown])].filter((name) => !lists.has(name));
  const patched = appendOutputs(
    source.patched,
    names.filter((name) => !own.has(name)),
  );
  const session = new OnnxSession({ ...source, patched, optimised: false });
  try {
    const facts = new Map<string, TensorFacts>(
      stored.map((one) => [one.name, { type: one.elementType, shapes: trials.map(() => one.shape), values: null }]),
    );
    const runs: Readonly<Record<string, Tensor>>[] = [];
    for (const feeds of trials) {
      const tensors = await session.runAll(feeds, names);
      runs.push({ ...feeds, ...Object.fromEntries(names.flatMap((name, at) => (tensors[at] === undefined ? [] : [[name, tensors[at]]]))) });
    }
    const index = new GraphIndex(graph);
    for (const name of new Set([...graph.inputs.map((input) => input.name), ...names])) {
      const found = runs.flatMap((run) => run[name] ?? []);
      const [first] = found;
      if (first === undefined) continue;
      facts.set(name, {
        type: first.type,
        shapes: found.map(({ dims }) => dims),
        values: index.inputsBehind(name) === 0n ? readValues(found) : null,
      });
    }
    return new GraphFacts(facts);
  } finally {
    await session.close();
  }
}

function readValues(tensors: readonly Tensor[]): readonly number[] | null {
  const [first, ...others] = tensors.map((tensor) =>
    tensor.size <= small && tensor.type !== 'string' ? Array.from(readFloats(tensor) ?? tensor.data, Number) : null,
  );
  if (first === undefined || first === null) return null;
  return others.every((one) => one?.length === first.length && one.every((value, at) => Object.is(value, first[at]))) ? first : null;
}
