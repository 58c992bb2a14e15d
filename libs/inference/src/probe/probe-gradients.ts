import { ExplainProblem, type InnerTensors } from '#explainers';
import type { GradientSession } from '../gradient/gradient-session.js';
import type { Core } from '../open-core.js';

/** Whether an exact gradient of the answer can be taken, or what stops it. */
export type GradientCapability =
  | {
      readonly exact: boolean;
      /** Nodes that round in the file: the gradient is that of a twin without. */
      readonly rounded: number;
      /** Nodes whose slope is zero everywhere: what depends on the input only through them has no part in a gradient. */
      readonly flat: number;
    }
  | {
      readonly reason: string;
      readonly remedy: string | null;
      /** Nodes that round, where a straight-through gradient can be taken on request; null where none can. */
      readonly straightThrough: number | null;
      /** Why not even that one can, where it is null. */
      readonly straightThroughReason: string | null;
    };

export interface ProbedGradients {
  readonly differentiable: GradientCapability;
  /** Tensors that Grad-CAM can read. */
  readonly featureMaps: InnerTensors;
}

const noMaps: InnerTensors = { tensors: [], standard: null, reason: 'Nothing in the model has places that Grad-CAM could show.' };

const noGradient: InnerTensors = { tensors: [], standard: null, reason: 'No gradient of the model can be taken.' };

/** Tiny runs of the model's graph with its operators written out, and its derivative; nothing of the model is refused for it. */
export async function probeGradients(core: Core): Promise<ProbedGradients> {
  const session = sessionOf(core);
  if (session === null)
    return { differentiable: { ...explainNone(core), straightThrough: null, straightThroughReason: null }, featureMaps: noMaps };
  let flat: readonly string[];
  try {
    flat = await session.listFlat();
  } catch (error) {
    if (!(error instanceof ExplainProblem)) throw error;
    const passed = await countPassed(session);
    const featureMaps = passed.straightThrough === null ? noGradient : await findMaps(core.kind, session);
    return { differentiable: { reason: error.detail, remedy: error.remedy, ...passed }, featureMaps };
  }
  const { raised } = await session.names();
  const differentiable = { exact: raised.length === 0, rounded: raised.length, flat: flat.length };
  return { differentiable, featureMaps: await findMaps(core.kind, session) };
}

interface CountedPassed {
  readonly straightThrough: number | null;
  readonly straightThroughReason: string | null;
}

async function countPassed(session: GradientSession): Promise<CountedPassed> {
  try {
    return { straightThrough: (await session.listPassed()).length, straightThroughReason: null };
  } catch (error) {
    if (error instanceof ExplainProblem) return { straightThrough: null, straightThroughReason: error.detail };
    throw error;
  }
}

function sessionOf(core: Core): GradientSession | null {
  switch (core.kind) {
    case 'text':
      return core.text.gradients;
    case 'language':
      return core.language.gradients;
    case 'image':
      return core.image.gradients;
    case 'tabular':
      return core.tabular.gradients;
    case 'encoder-decoder':
      return core.pair.gradients;
    case 'encoder':
      return null;
  }
}

function explainNone({ kind }: Core): { readonly reason: string; readonly remedy: string | null } {
  if (kind === 'tabular')
    return {
      reason: 'the graph reads its columns one by one, or not as floating-point numbers',
      remedy: 'Export the model with one input of float32 [rows, columns].',
    };
  return { reason: 'an encoder gives no score whose gradient could be taken', remedy: null };
}

async function findMaps(kind: Core['kind'], session: GradientSession): Promise<InnerTensors> {
  if (kind === 'tabular' || kind === 'encoder-decoder') return noMaps;
  try {
    return await session.innerTensors();
  } catch (error) {
    if (error instanceof ExplainProblem && error.code === 'ATTENTION_UNAVAILABLE') return noMaps;
    throw error;
  }
}
