import { join } from 'node:path';
import { findProject } from '#platform';
import type { ModelDescription } from '#explainers';
import type { Bench, Ratio } from './bench.js';
import { CaptumPeer } from './gradient/captum-peer.js';
import { GradientProcess } from './gradient/gradient-process.js';
import { percentileOf } from './percentile-of.js';

const CASES = [
  { model: 'sst2-minilm', tokens: 32 },
  { model: 'sst2-minilm', tokens: 128 },
  { model: 'stories260k', tokens: 128 },
  { model: 'digits-resnet', tokens: null },
] as const;
/** Whose path is walked and whose memory is measured. */
const CLASSIFIER = 'sst2-minilm';
const CLASSIFIER_TOKENS = 32;
const TURNS = 4;
const ROUNDS = 10;
const STEPS = 64;
const PATHS = 7;
const PASSES_GOAL = 2.15;
const PATH_GOAL = 1.1;
const PEER_GOAL = 1;

export const gradientBench: Bench = {
  name: 'gradient',
  about:
    'a pass forward and back divided by a plain pass; integrated gradients of 64 steps divided by 128 plain passes in the best batch, and by Captum on the PyTorch twin',
  async run(tell) {
    const described = new Map<string, ModelDescription>();
    for (const { model } of CASES) if (!described.has(model)) described.set(model, await describe(model));
    const description = (model: string) => described.get(model) ?? fail(model);
    const passes: Ratio[] = [];
    for (const { model, tokens } of CASES) passes.push(await measurePasses(model, tokens, description(model), tell));
    const paths = await measurePaths(description(CLASSIFIER), tell);
    for (const { model, tokens } of CASES) if (tokens !== CLASSIFIER_TOKENS) await measureMemory(model, tokens, description(model), tell);
    return [...passes, ...paths];
  },
};

async function measurePasses(
  model: string,
  tokens: number | null,
  description: ModelDescription,
  tell: (line: string) => void,
): Promise<Ratio> {
  const child = new GradientProcess();
  try {
    await child.ask('opened', { kind: 'open', folder: folderOf(model), description, tokens });
    const forward: number[] = [];
    const both: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const round = await child.ask('passed', { kind: 'passes', rounds: ROUNDS });
      forward.push(...round.forward);
      both.push(...round.both);
    }
    const [plain, whole] = [percentileOf(forward, 50), percentileOf(both, 50)];
    const label = `${model}, ${tokens === null ? 'a picture' : `${tokens} tokens`}`;
    tell(`${label}: ${plain.toFixed(2)} ms forward, ${whole.toFixed(2)} ms forward and back`);
    return { label: `${label}: (forward + back) ÷ forward, median`, value: whole / plain, goal: PASSES_GOAL, better: 'lower' };
  } finally {
    child.stop();
  }
}

/** Plain batches, the method and its peer in turns. */
async function measurePaths(description: ModelDescription, tell: (line: string) => void): Promise<readonly Ratio[]> {
  const folder = folderOf(CLASSIFIER);
  const child = new GradientProcess();
  let peer: CaptumPeer | null = null;
  try {
    const { ids, outputs } = await child.ask('opened', { kind: 'open', folder, description, tokens: CLASSIFIER_TOKENS });
    peer = await CaptumPeer.open({ folder, ids, outputs, steps: STEPS }, tell);
    const explained: number[] = [];
    const peers: number[] = [];
    const rows = new Map<number, number[]>();
    await child.ask('walked', { kind: 'path', steps: STEPS });
    for (let round = 0; round < PATHS; round++) {
      const walked = await child.ask('walked', { kind: 'path', steps: STEPS });
      explained.push(walked.explained);
      for (const batch of walked.batches) rows.set(batch.rows, [...(rows.get(batch.rows) ?? []), batch.milliseconds / batch.rows]);
      if (peer !== null) peers.push(await peer.run());
      if (round === 0) tell(`integrated gradients ran ${walked.modelRows} rows`);
    }
    const perRow = [...rows].map(([size, times]) => ({ size, milliseconds: percentileOf(times, 50) }));
    const best = perRow.reduce((least, one) => (one.milliseconds < least.milliseconds ? one : least));
    const whole = percentileOf(explained, 50);
    tell(`plain passes, ms a row: ${perRow.map(({ size, milliseconds }) => `${milliseconds.toFixed(2)} of ${size}`).join(', ')}`);
    tell(`integrated gradients: ${whole.toFixed(0)} ms${peer === null ? '' : `; Captum: ${percentileOf(peers, 50).toFixed(0)} ms`}`);
    const label = `${CLASSIFIER}, ${CLASSIFIER_TOKENS} tokens: integrated gradients of ${STEPS} steps`;
    const ideal: Ratio = {
      label: `${label} ÷ ${2 * STEPS} ideal passes`,
      value: whole / (2 * STEPS * best.milliseconds),
      goal: PATH_GOAL,
      better: 'lower',
    };
    if (peer === null) return [ideal];
    return [ideal, { label: `${label} ÷ Captum`, value: whole / percentileOf(peers, 50), goal: PEER_GOAL, better: 'lower' }];
  } finally {
    child.stop();
    peer?.stop();
  }
}

async function measureMemory(
  model: string,
  tokens: number | null,
  description: ModelDescription,
  tell: (line: string) => void,
): Promise<void> {
  const peakOf = async (gradients: boolean): Promise<number> => {
    const child = new GradientProcess();
    try {
      const { bytes } = await child.ask('peaked', { kind: 'memory', folder: folderOf(model), description, tokens, gradients });
      return bytes / 2 ** 20;
    } finally {
      child.stop();
    }
  };
  const [plain, gradients] = [await peakOf(false), await peakOf(true)];
  const ratio = (gradients / plain).toFixed(2);
  tell(`${model}: peak memory ${plain.toFixed(0)} MiB predicting, ${gradients.toFixed(0)} MiB with gradients, ${ratio} times as much`);
}

async function describe(model: string): Promise<ModelDescription> {
  const child = new GradientProcess();
  try {
    return (await child.ask('probed', { kind: 'probe', folder: folderOf(model) })).description;
  } finally {
    child.stop();
  }
}

function folderOf(model: string): string {
  return join(findProject().root, 'models', model);
}

function fail(model: string): never {
  throw new Error(`${model} was not described`);
}
