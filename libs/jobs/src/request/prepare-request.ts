import type { Principal } from '#access';
import type { ActiveVersion, DatasetVersion, ModelStore } from '#catalog';
import {
  blameOf,
  checkTask,
  ExplainProblem,
  type DatasetRequest,
  type Explainer,
  type ExplainRequest,
  type GlobalExplainer,
  type LocalExplainer,
} from '#explainers';
import type { StoredRequest } from '#history';
import { inspectImage } from '#imaging';
import { refuseField } from '#platform';
import { resolveBackgrounds } from '../data/backgrounds.js';
import { resolveBaseline } from '../data/stored-baseline.js';
import type { StoredData } from '../data/stored-data.js';
import { findActive, type ResolvedModel } from './find-active.js';
import { findMissing } from './find-missing.js';
import { findRows } from './find-rows.js';
import { problemCodeOf } from './explain-problem-code.js';
import type { JobRequest } from './job-request.js';
import { readKnownAttention } from './read-known-attention.js';

/** A request that has passed every check that needs no model. */
export type PreparedRequest = {
  readonly version: ActiveVersion;
  /** The request with its model, as it is kept: every default is in it. */
  readonly stored: StoredRequest;
} & (
  | { readonly kind: 'row'; readonly explainer: LocalExplainer; readonly request: ExplainRequest<unknown> }
  | {
      readonly kind: 'dataset';
      readonly explainer: GlobalExplainer;
      readonly request: DatasetRequest<unknown>;
      readonly dataset: DatasetVersion;
    }
);

/**
 * Resolves the model and the data set, fills in defaults and runs the method's own check.
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
  const model = await findActive(models, principal, body.model);
  expectTask(explainers, explainer, model);
  return completeRequest(explainer, model, data, principal.tenant, body, drawSeed);
}

/** The part of a request that is not its model. */
export type RequestBody = Pick<JobRequest, 'input' | 'target' | 'targets' | 'params' | 'baseline' | 'seed'>;

/** @throws ProblemError METHOD_NOT_APPLICABLE, which names the methods that explain the model */
export function expectTask(explainers: readonly Explainer[], explainer: Explainer, { version }: ResolvedModel): void {
  refuseProblems(() => checkTask(explainer, version.description, explainers));
}

/** Fills in defaults and runs the method's own check, of a model whose task the method explains. @throws ProblemError with the pointer of the part to blame */
export async function completeRequest(
  explainer: Explainer,
  { version, alias }: ResolvedModel,
  { datasets, baselines }: StoredData,
  tenant: string,
  body: RequestBody,
  drawSeed: () => number,
): Promise<PreparedRequest> {
  const missing = findMissing(explainer, version.capabilities, body.params);
  if (missing !== null) throw refuseField(missing.code, '/method', missing.reason, missing.remedy);
  const targets = body.targets ?? [body.target ?? {}];
  const asked = {
    targets,
    targetPointers: body.targets === undefined ? ['/target'] : body.targets.map((_target, index) => `/targets/${index}`),
    params: await resolveBaseline(baselines, tenant, body.baseline, body.params),
    seed: body.seed ?? drawSeed(),
  };
  const complete = (): Promise<unknown> => {
    const params = explainer.complete?.(asked.params, version.description) ?? asked.params;
    return resolveBackgrounds(datasets, tenant, params, asked.seed, version.description);
  };
  if (explainer.reads === 'dataset') {
    if (!('dataset' in body.input)) throw new RangeError('the schema of a method over rows takes a data set');
    const { dataset, input } = await findRows(datasets, tenant, body.input);
    const request = { ...asked, input };
    const columns = dataset.columns.map(({ name }) => name);
    refuseProblems(() => explainer.check(request, version.description, { kind: dataset.kind, columns }));
    const completed = { ...request, params: await complete() };
    return { kind: 'dataset', explainer, version, dataset, request: completed, stored: storeRequest(explainer, version, alias, completed) };
  }
  if ('dataset' in body.input) throw new RangeError('the schema of a method of one row takes no data set');
  const request = { ...asked, input: body.input };
  refuseProblems(() => {
    explainer.check(request, version.description, readKnownAttention(version));
    // Its header alone: pictures are decoded in a child.
    if ('image' in request.input) inspectImage(request.input.image);
  });
  const completed = { ...request, params: await complete() };
  return { kind: 'row', explainer, version, request: completed, stored: storeRequest(explainer, version, alias, completed) };
}

function refuseProblems(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof ExplainProblem) throw refuseField(problemCodeOf(error.code), blameOf(error) ?? '', error.detail, error.remedy);
    throw error;
  }
}

/** @throws ProblemError METHOD_UNKNOWN */
export function findExplainer(explainers: readonly Explainer[], method: string): Explainer {
  const found = explainers.find((one) => one.method === method);
  if (found !== undefined) return found;
  throw refuseField(
    'METHOD_UNKNOWN',
    '/method',
    `there is no method ${method}`,
    `Use one of: ${explainers.map((one) => one.method).join(', ')}.`,
  );
}

function storeRequest(
  explainer: Explainer,
  version: ActiveVersion,
  alias: string | null,
  request: ExplainRequest<unknown> | DatasetRequest<unknown>,
): StoredRequest {
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
