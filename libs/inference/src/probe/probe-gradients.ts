import { ExplainProblem, type InnerTensors } from '#explainers';
import type { GradientSession } from '../gradient/gradient-session.js';
import type { Core } from '../open-core.js';

/** Whether an exact gradient of the answer can be taken, or what stops it. */
export type GradientCapability =
  | { readonly exact: boolean; /** Nodes that round in the file: the gradient is that of a twin without. */ readonly rounded: number }
  | { readonly reason: string; readonly remedy: string | null };

export interface ProbedGradients {
  readonly differentiable: GradientCapability;
  /** Tensors that Grad-CAM can read. */
  readonly featureMaps: InnerTensors;
}

const noMaps: InnerTensors = { tensors: [], standard: null, reason: 'Nothing in the model has places that Grad-CAM could show.' };

/** Tiny runs of the model's graph with its operators written out, and its derivative; nothing of the model is refused for it. */
export async function probeGradients(core: Core): Promise<ProbedGradients> {
  const session = sessionOf(core);
  if (session === null) return { differentiable: { reason: explainNone(core), remedy: null }, featureMaps: noMaps };
  try {
    await session.check();
  } catch (error) {
    if (!(error instanceof ExplainProblem)) throw error;
    return { differentiable: { reason: error.detail, remedy: error.remedy }, featureMaps: noMaps };
  }
  const { raised } = await session.names();
  return { differentiable: { exact: raised.length === 0, rounded: raised.length }, featureMaps: await findMaps(core.kind, session) };
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

function explainNone({ kind }: Core): string {
  return kind === 'tabular'
    ? 'the graph reads its columns one by one, or not as floating-point numbers'
    : 'an encoder gives no score whose gradient could be taken';
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
