import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { inlineFunctions, lowerFused, readModelGraph, type ModelGraph } from '#graph';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns, type CaseRun } from '../feed-case.js';
import type { CaseOutcome } from './outcome.js';

/** Relative L2 of an output: float32 rounds in another order through two layers; half as many digits are left of a float16. */
const tolerances = { float32: 2e-6, float16: 2e-3 } as const;
/** Activations are rounded to int8 behind what was lowered: a last digit of float32 may turn one of a row's 64 to the next of 127 steps. */
const roundedTolerance = 1 / 127 / Math.sqrt(64);
const rounding = new Set(['QuantizeLinear', 'DynamicQuantizeLinear']);

/**
 * Writes out every fused operator of a case and runs it beside the file as it is: each output of the file stays, on real tokens or not. The
 * same for the file as the runtime's optimiser fuses it, where its weights lie inside. The runtime may fuse again what it likes, as it does
 * in use; the specs of the operators keep it from that.
 */
export async function compareLowering(one: ConformanceCase): Promise<CaseOutcome> {
  const file = await readFile(join(one.folder, 'model.onnx'));
  const outcome = await compareFile(one, file);
  if (!outcome.ok || readModelGraph(file).externalFiles.length > 0) return outcome;
  const fused = await compareFile(one, await fuse(file));
  return { ok: fused.ok, note: `${outcome.note}; fused: ${fused.note}` };
}

async function compareFile(one: ConformanceCase, file: Uint8Array): Promise<CaseOutcome> {
  const bytes = inlineFunctions(file);
  const graph = readModelGraph(bytes);
  const lowered = lowerFused(bytes, graph);
  if ('operator' in lowered) return { ok: false, note: lowered.detail };
  if (lowered.replaced.length === 0) return { ok: true, note: 'no fused operator' };
  const names = graph.outputs.map(({ name }) => name);
  const tolerance = findTolerance(graph);
  const [before, after] = [await open(file, one.folder), await open(lowered.bytes, one.folder)];
  let largest = 0;
  for (const run of planRuns(one, graph)) largest = Math.max(largest, await differ(before, after, run, names));
  await before.release();
  await after.release();
  const counts = new Map<string, number>();
  for (const { operator } of lowered.replaced) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  const listed = [...counts].map(([name, count]) => `${name.replace('com.microsoft:', 'ms.')}:${count}`).join(' ');
  return { ok: largest <= tolerance, note: `${largest.toExponential(1)} of ${tolerance.toExponential(1)} (${listed})` };
}

function findTolerance(graph: ModelGraph): number {
  const level = graph.nodes.map(({ attributes }) => attributes.get('accuracy_level'));
  if (level.some((value) => value?.kind === 'int' && value.value === 4n)) return roundedTolerance;
  if (graph.nodes.some(({ opType }) => rounding.has(opType))) return roundedTolerance;
  const types = [...graph.initializers.values()].map(({ elementType }) => elementType);
  return tolerances[types.includes('float16') ? 'float16' : 'float32'];
}

/** The file as the runtime's optimiser leaves it for a processor. */
async function fuse(file: Uint8Array): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-lowering-'));
  const optimizedModelFilePath = join(folder, 'model.onnx');
  try {
    const session = await InferenceSession.create(file, {
      graphOptimizationLevel: 'extended',
      optimizedModelFilePath,
      logSeverityLevel: 4,
    });
    await session.release();
    return await readFile(optimizedModelFilePath);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function open(bytes: Uint8Array, folder: string): Promise<InferenceSession> {
  const extra = { session: { model_external_initializers_file_folder_path: folder } };
  return InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4, extra });
}

/** The largest relative L2 error of an output. */
async function differ(before: InferenceSession, after: InferenceSession, { feeds }: CaseRun, names: readonly string[]): Promise<number> {
  const [expected, actual] = [await before.run(feeds, names), await after.run(feeds, names)];
  return Math.max(...names.map((name) => relate(expected[name], actual[name])));
}

function relate(expected: Tensor | undefined, actual: Tensor | undefined): number {
  if (expected === undefined || actual?.dims.join() !== expected.dims.join() || actual.type !== expected.type) return Infinity;
  let [wrong, size] = [0, 0];
  expected.data.forEach((value, at) => {
    wrong += (Number(actual.data[at]) - Number(value)) ** 2;
    size += Number(value) ** 2;
  });
  const error = wrong === 0 ? 0 : Math.sqrt(wrong / size);
  return Number.isNaN(error) ? Infinity : error;
}
