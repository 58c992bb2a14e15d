import { createHash } from 'node:crypto';
import { canonicalJson } from '#audit';
import type { ExplainerOutput, Tensor } from '#explainers';

/** What was run: the request with every default written into it. */
export interface StoredRequest {
  readonly method: string;
  readonly model: { readonly name: string; readonly version: string; readonly alias: string | null; readonly sha256: string };
  readonly input: unknown;
  /** As asked; the resolved targets are in the result. */
  readonly targets: readonly unknown[];
  /** Where each target stood in the body, for problem pointers. */
  readonly targetPointers?: readonly string[];
  readonly params: unknown;
  readonly seed: number;
}

export interface ResultDocument {
  readonly bytes: Uint8Array;
  /** Lower-case hex SHA-256 of the bytes. */
  readonly hash: string;
}

/**
 * The document under the result hash: RFC 8785 JSON of method, model hash, input, resolved targets, params, seed,
 * baseline, prediction, features, attributions, standard errors, evaluations spent, what was left out, quality, tensor digests
 * and warnings. Not in it: ids, times, attempt, labels, worker, cache hits; the same request on the same model
 * gives the same bytes.
 */
export function buildResultDocument(request: StoredRequest, output: ExplainerOutput): ResultDocument {
  const text = canonicalJson(
    withoutNegativeZero({
      schema: 'vitrine.result/v1',
      method: request.method,
      model: { name: request.model.name, version: request.model.version, sha256: request.model.sha256 },
      input: request.input,
      params: request.params,
      seed: request.seed,
      baseline: output.baseline,
      prediction: output.prediction,
      features: output.features,
      targets: output.targets,
      attributions: output.attributions,
      standardErrors: output.standardErrors,
      evaluations: output.evaluations,
      budget: output.budget,
      estimated: output.estimated,
      truncated: output.truncated,
      unexplained: output.unexplained,
      quality: output.quality,
      warnings: output.warnings,
      ...(output.result === undefined ? {} : { result: output.result }),
      tensors: (output.tensors ?? []).map((tensor) => ({ ...describeTensor(tensor), sha256: hashTensor(tensor) })),
    }),
  );
  const bytes = new Uint8Array(Buffer.from(text, 'utf8'));
  return { bytes, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** A tensor's description without its numbers. */
export function describeTensor(tensor: Tensor): { name: string; shape: readonly number[]; dtype: string; maxAbsError: number } {
  return { name: tensor.name, shape: tensor.shape, dtype: tensor.dtype, maxAbsError: tensor.maxAbsError };
}

/** Bytes of a tensor's numbers. */
export function sizeOfTensor({ shape, dtype }: { readonly shape: readonly number[]; readonly dtype: string }): number {
  const width = dtype === 'f64' ? 8 : dtype === 'f32' ? 4 : 1;
  return shape.reduce((product, length) => product * length, width);
}

/** The tensor's numbers as little-endian bytes, row-major. */
export function tensorBytes(tensor: Tensor): Uint8Array {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

function hashTensor(tensor: Tensor): string {
  return createHash('sha256').update(tensorBytes(tensor)).digest('hex');
}

// -0 and 0 are one number to a reader and two to a hash.
function withoutNegativeZero(value: unknown): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, withoutNegativeZero(item)]])),
    );
  return value;
}
