import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import { readModelGraph, type AttentionKind } from '#graph';
import { AttentionSession, type AttentionMap } from '#inference';
import type { StoredTensor } from '#testing';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns, type CaseRun } from '../feed-case.js';
import { compareChosenRows } from './chosen-rows.js';
import type { CaseOutcome } from './outcome.js';

/** Names of reference tensors [layer, batch, heads, queries, keys], and the kinds of layers each holds. */
const references: Readonly<Record<string, readonly AttentionKind[]>> = {
  attentions: ['self', 'causal-self'],
  graph_attentions: ['self', 'causal-self'],
  encoder_attentions: ['self'],
  decoder_attentions: ['causal-self'],
  cross_attentions: ['cross'],
};

type CaseRuns = readonly { readonly run: CaseRun; readonly maps: readonly AttentionMap[] }[];

/** Runs a case and holds the attention of every layer and head of its real queries against the reference. */
export async function compareAttention(one: ConformanceCase): Promise<CaseOutcome> {
  const session = new AttentionSession(one.folder, 'model.onnx');
  try {
    const graph = readModelGraph(await readFile(join(one.folder, 'model.onnx')));
    const runs: CaseRuns = await Promise.all(
      planRuns(one, graph).map(async (run) => ({ run, maps: await session.run(run.feeds, run.real) })),
    );
    if (one.expected.attention !== 'answer') return { ok: false, note: `${one.expected.attention} was expected, and it answers` };
    for (const { run, maps } of runs) {
      const wrong = await compareChosenRows(session, run, maps);
      if (wrong !== null) return { ok: false, note: wrong };
    }
    return compareRuns(one, runs);
  } catch (error) {
    if (!(error instanceof ExplainProblem)) throw error;
    return judgeRefusal(one, error);
  } finally {
    await session.close();
  }
}

function judgeRefusal({ expected }: ConformanceCase, { code, detail }: ExplainProblem): CaseOutcome {
  const refused = code === 'ATTENTION_UNAVAILABLE' || code === 'ATTENTION_UNPROVEN';
  if (expected.attention === 'none') return { ok: refused, note: detail };
  const named = expected.refusedOperators.some((operator) => detail.includes(operator.replace('::', ':')));
  return { ok: expected.attention === 'refuse' && refused && named, note: `${code}: ${detail}` };
}

function compareRuns(one: ConformanceCase, runs: CaseRuns): CaseOutcome {
  const wanted = Object.keys(references).filter((name) => one.tolerance[name] !== undefined);
  if (wanted.length === 0) return { ok: false, note: 'its tolerance names no attention' };
  let largest = 0;
  const notes: string[] = [];
  for (const name of wanted) {
    const reference = one.tensors.get(name);
    const tolerance = one.tolerance[name];
    if (reference === undefined || tolerance === undefined) return { ok: false, note: `there is no tensor ${name}` };
    const kinds = references[name] ?? [];
    const expectedKind = one.task === 'causal-lm' ? 'causal-self' : one.task === 'text-classification' ? 'self' : null;
    let [wrong, size, compared] = [0, 0, 0];
    for (const { run, maps } of runs) {
      const layers = maps.filter(({ layer }) => kinds.includes(layer.kind));
      if (layers.length !== reference.shape[0])
        return { ok: false, note: `${layers.length} layers for ${name} [${reference.shape.join(', ')}]` };
      for (const [number, map] of layers.entries()) {
        if (expectedKind !== null && map.layer.kind !== expectedKind)
          return { ok: false, note: `layer ${number} is taken for ${map.layer.kind}, and the model is a ${one.task ?? ''}` };
        const sums = compareMap(map, number, reference, run);
        wrong += sums.wrong;
        size += sums.size;
        compared += sums.compared;
      }
    }
    if (compared === 0) return { ok: false, note: `nothing was compared with ${name}` };
    const error = Math.sqrt(wrong / size);
    if (!(error / tolerance <= largest)) largest = error / tolerance;
    notes.push(`${name} ${error.toExponential(1)}`);
  }
  return { ok: largest <= 1, note: `${largest.toFixed(3)} of its tolerance  (${notes.join(', ')})` };
}

function compareMap(
  map: AttentionMap,
  number: number,
  reference: StoredTensor,
  run: CaseRun,
): { wrong: number; size: number; compared: number } {
  const [, batch = 0, heads = 0, queries = 0, keys = 0] = reference.shape;
  if (map.heads !== heads || map.queries > queries || map.keys > keys)
    throw new Error(`layer ${number} has the shape [${map.batch}, ${map.heads}, ${map.queries}, ${map.keys}]`);
  let [wrong, size, compared] = [0, 0, 0];
  for (const [place, row] of run.rows.entries())
    for (let head = 0; head < heads; head++)
      for (let query = 0; query < map.queries; query++) {
        // A decoder's queries are all real.
        const padded = map.layer.kind !== 'cross' && map.queries === run.tokens && run.real.tokens?.[place * run.tokens + query] === 0;
        if (padded) continue;
        for (let key = 0; key < map.keys; key++) {
          const value = map.probabilities[((place * heads + head) * map.queries + query) * map.keys + key] ?? NaN;
          const at = (((number * batch + row) * heads + head) * queries + query) * keys + key;
          const right = Number(reference.data[at]);
          wrong += (value - right) ** 2;
          size += right ** 2;
          compared++;
        }
      }
  return { wrong, size, compared };
}
