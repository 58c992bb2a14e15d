import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import { readModelGraph } from '#graph';
import { AttentionSession, type AttentionMap, type ChosenQueries, type RealTokens } from '#inference';
import { boundSqrtError } from '#numeric';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns, type CaseRun } from '../feed-case.js';
import type { CaseOutcome } from './outcome.js';

/** Of measures: sums of a dozen float32, and logarithms of them, beside float64. */
const usualTolerance = 2e-6;
/** Where the tensors are float16 the runtime measures them before they are rounded to half precision: half a unit in the last place. */
const halfTolerance = 2 ** -11;
const separators = [1, 4];

/**
 * Runs a case twice: once for its probabilities, once for bytes and measures that the graph makes of them. Each byte is as near as is promised,
 * and each measure is that of the probabilities, worked out here; for all queries, and for the last and the first alone.
 */
export async function compareMeasured(one: ConformanceCase): Promise<CaseOutcome> {
  const session = new AttentionSession(one.folder, 'model.onnx');
  try {
    const graph = readModelGraph(await readFile(join(one.folder, 'model.onnx')));
    const output = graph.outputs[0]?.name ?? '';
    const half = [...graph.initializers.values()].some(({ elementType }) => elementType === 'float16');
    const tolerance = half ? halfTolerance : usualTolerance;
    let [worst, rows] = [0, 0];
    for (const { feeds, real } of planRuns(one, graph)) {
      const plain = await session.run(feeds, real);
      const { maps } = await session.runAnswering(feeds, real, output, 'byte', separators);
      if (maps.length !== plain.length) return { ok: false, note: `${maps.length} layers, and ${plain.length} of probabilities` };
      for (const [at, map] of maps.entries()) {
        const found = compareMap(map, plain[at], { real, separators, tolerance, chosen: null });
        worst = Math.max(worst, found.worst);
        rows += found.rows;
      }
      worst = Math.max(worst, await compareChosen(session, { feeds, real }, plain, tolerance));
    }
    return { ok: worst <= tolerance && rows > 0, note: `${rows} rows, measures ${worst.toExponential(1)}` };
  } catch (error) {
    if (!(error instanceof ExplainProblem)) throw error;
    return { ok: one.expected.attention !== 'answer', note: error.message };
  } finally {
    await session.close();
  }
}

async function compareChosen(
  session: AttentionSession,
  { feeds, real }: Pick<CaseRun, 'feeds' | 'real'>,
  plain: readonly AttentionMap[],
  tolerance: number,
): Promise<number> {
  const crossed = plain.some(({ layer }) => layer.kind === 'cross');
  const whole = plain.filter(({ layer }) => !crossed || layer.kind !== 'self');
  const of = whole[0]?.queries ?? 0;
  const at = [of - 1, 0];
  const chosen = { of, at };
  const floats = await session.runQueries(feeds, real, chosen);
  const bytes = await session.runQueries(feeds, real, chosen, () => true, 'byte');
  if (bytes.length !== floats.length) return Infinity;
  return Math.max(...bytes.map((map, layer) => compareMap(map, floats[layer], { real, separators: [0], tolerance, chosen }).worst));
}

interface Compared {
  readonly real: RealTokens;
  readonly separators: readonly number[];
  readonly tolerance: number;
  readonly chosen: ChosenQueries | null;
}

interface Found {
  readonly worst: number;
  readonly rows: number;
}

function compareMap(
  map: AttentionMap,
  plain: AttentionMap | undefined,
  { real, separators: separating, tolerance, chosen }: Compared,
): Found {
  const { quantised, batch, heads, queries, keys } = map;
  if (quantised === null || plain?.probabilities.length !== quantised.bytes.length) return { worst: Infinity, rows: 0 };
  let [worst, rows] = [0, 0];
  for (let place = 0; place < batch * heads * queries; place++) {
    const query = place % queries;
    const fed = chosen === null ? query : (chosen.at[query] ?? 0);
    const position = fed + keys - (chosen?.of ?? queries);
    const row = Math.floor(place / (heads * queries));
    // The rows of a decoder are all real.
    if (map.layer.kind !== 'cross' && real.tokens?.[row * keys + position] === 0) continue;
    const shares = Float64Array.from(plain.probabilities.subarray(place * keys, (place + 1) * keys));
    const bytes = quantised.bytes.subarray(place * keys, (place + 1) * keys);
    const far = shares.findIndex(
      (share, key) => !(Math.abs(share - ((bytes[key] ?? NaN) / 255) ** 2) <= boundSqrtError(share) + tolerance),
    );
    if (far >= 0) return { worst: Infinity, rows };
    const sum = (of: (share: number, key: number) => number) => shares.reduce((total, share, key) => total + of(share, key), 0);
    const placed = map.layer.kind !== 'cross';
    const measured = quantised.rows;
    const pairs = [
      [measured.most[place], Math.max(...shares)],
      [measured.entropy[place], -sum((share) => (share > 0 ? share * Math.log(share) : 0))],
      [measured.first[place], shares[0]],
      [measured.separator[place], separating.reduce((total, key) => total + (shares[key] ?? NaN), 0)],
      [measured.distance[place], placed ? sum((share, key) => share * Math.abs(key - position)) : 0],
      [measured.self[place], placed ? shares[position] : 0],
      [measured.previous[place], placed ? (position === 0 ? measured.previous[place] : shares[position - 1]) : 0],
    ];
    for (const [found = NaN, right = NaN] of pairs) {
      const error = Math.abs(found - right) / Math.max(1, Math.abs(right));
      worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
    }
    rows++;
  }
  return { worst, rows };
}
