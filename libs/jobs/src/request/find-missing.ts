import type { MethodDefinition, ModelNeed } from '#explainers';
import type { ProblemCode } from '#platform';

/** Something that a method needs and a model lacks. */
export interface MissingNeed {
  readonly code: Extract<ProblemCode, 'ATTENTION_UNAVAILABLE' | 'GRADIENT_UNAVAILABLE' | 'METHOD_NOT_APPLICABLE'>;
  readonly reason: string;
  readonly remedy: string | null;
}

type Capabilities = Readonly<Record<string, unknown>>;

/**
 * What a method needs and registration did not find in a model. Versions that an earlier build registered were not looked at: they lack nothing.
 *
 * @param params `straightThrough: true` among them takes gradients of what rounds
 * @returns null where nothing is missing
 */
export function findMissing(
  { needs = [] }: Pick<MethodDefinition<never>, 'needs'>,
  capabilities: Capabilities | null,
  params: unknown = {},
): MissingNeed | null {
  for (const need of needs) {
    const missing = capabilities === null ? null : finders[need](capabilities, isRecord(params) && params['straightThrough'] === true);
    if (missing !== null) return missing;
  }
  return null;
}

const finders: Readonly<Record<ModelNeed, (capabilities: Capabilities, straightThrough: boolean) => MissingNeed | null>> = {
  attention: ({ attention }) => readReason('ATTENTION_UNAVAILABLE', attention),
  gradient: ({ differentiable }, straightThrough) => {
    const passes = isRecord(differentiable) && typeof differentiable['straightThrough'] === 'number';
    if (straightThrough && passes) return null;
    const missing = readReason('GRADIENT_UNAVAILABLE', differentiable);
    const why = isRecord(differentiable) ? differentiable['straightThroughReason'] : null;
    // Who asked for an approximation already is not told to ask for one.
    return straightThrough && missing !== null && typeof why === 'string' ? { ...missing, reason: why, remedy: floatFile } : missing;
  },
  'feature-maps': ({ featureMaps }) => {
    const has = !isRecord(featureMaps) || !Array.isArray(featureMaps['tensors']) || featureMaps['tensors'].length > 0;
    return has ? null : readReason('METHOD_NOT_APPLICABLE', featureMaps);
  },
};

const floatFile = 'Supply the model in float32 or float16, as it was before it was quantised.';

function readReason(code: MissingNeed['code'], found: unknown): MissingNeed | null {
  if (!isRecord(found) || typeof found['reason'] !== 'string') return null;
  return { code, reason: found['reason'], remedy: typeof found['remedy'] === 'string' ? found['remedy'] : null };
}

function isRecord(value: unknown): value is Capabilities {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
