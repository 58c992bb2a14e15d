import type { Principal } from '#access';
import type { ActiveVersion, ModelStore } from '#catalog';
import { ExplainProblem, type ExplainRequest, type Explainer } from '#explainers';
import type { StoredRequest } from '#history';
import { ProblemError, type ProblemCode } from '#platform';
import { resolveBackgrounds } from '../data/backgrounds.js';
import { resolveBaseline } from '../data/stored-baseline.js';
import type { StoredData } from '../data/stored-data.js';
import { findActive, type ResolvedModel } from './find-active.js';
import { problemCodeOf } from './explain-problem-code.js';
import type { JobRequest } from './job-request.js';

/** A request that has passed every check that needs no model. */
export interface PreparedRequest {
  readonly explainer: Explainer;
  readonly version: ActiveVersion;
  readonly request: ExplainRequest<unknown>;
  /** The same with its model, as it is kept: every default is in it. */
  readonly stored: StoredRequest;
}

/**
 * Resolves the model, fills in defaults and runs the method's own check.
 *
 * @param drawSeed used when the body has no seed; 0 … 2^53 - 1
 * @throws ProblemError with the pointer of the part to blame
 */
export async function prepareRequest(
  explainers: readonly Explainer[],
  models: ModelStore,
  data: StoredData,
  principal: Principal,
  body: JobRequest,
  drawSeed: () => number,
): Promise<PreparedRequest> {
  const explainer = findExplainer(explainers, body.method);
  return completeRequest(explainer, await findActive(models, principal, body.model), data, principal.tenant, body, drawSeed);
}

/** The part of a request that is not its model. */
export type RequestBody = Pick<JobRequest, 'input' | 'target' | 'targets' | 'params' | 'baseline' | 'seed'>;

/** Fills in defaults and runs the method's own check. @throws ProblemError with the pointer of the part to blame */
export async function completeRequest(
  explainer: Explainer,
  { version, alias }: ResolvedModel,
  { datasets, baselines }: StoredData,
  tenant: string,
  body: RequestBody,
  drawSeed: () => number,
): Promise<PreparedRequest> {
  const targets = body.targets ?? [body.target ?? {}];
  const request: ExplainRequest<unknown> = {
    input: body.input,
    targets,
    targetPointers: body.targets === undefined ? ['/target'] : body.targets.map((_target, index) => `/targets/${index}`),
    params: await resolveBaseline(baselines, tenant, body.baseline, body.params),
    seed: body.seed ?? drawSeed(),
  };
  try {
    explainer.check(request, version.description);
  } catch (error) {
    if (error instanceof ExplainProblem) throw refuse(problemCodeOf(error.code), error.pointer ?? '', error.detail, error.remedy);
    throw error;
  }
  const completedParams = explainer.complete?.(request.params, version.description) ?? request.params;
  const params = await resolveBackgrounds(datasets, tenant, completedParams, request.seed, version.description);
  const completed = { ...request, params };
  return { explainer, version, request: completed, stored: storeRequest(explainer, version, alias, completed) };
}

/** @throws ProblemError METHOD_UNKNOWN */
export function findExplainer(explainers: readonly Explainer[], method: string): Explainer {
  const found = explainers.find((one) => one.method === method);
  if (found !== undefined) return found;
  throw refuse(
    'METHOD_UNKNOWN',
    '/method',
    `there is no method ${method}`,
    `Use one of: ${explainers.map((one) => one.method).join(', ')}.`,
  );
}

function storeRequest(explainer: Explainer, version: ActiveVersion, alias: string | null, request: ExplainRequest<unknown>): StoredRequest {
  return {
    method: explainer.method,
    model: { name: version.model, version: version.version, alias, sha256: version.sha256 },
    input: request.input,
    targets: request.targets,
    ...(request.targetPointers === undefined ? {} : { targetPointers: request.targetPointers }),
    params: request.params,
    seed: request.seed,
  };
}

function refuse(code: ProblemCode, pointer: string, detail: string, remedy: string | null): ProblemError {
  return new ProblemError(code, { detail, remedy, status: 422, errors: [{ pointer, code, detail }] });
}
