import { canonicalJson } from '#audit';
import type { ExplainerOutput } from '#explainers';
import { payloadContext, seal, type KeyRing, type FreshSubjectKey, type StoredRequest } from '#history';
import { auditWho, buildExplanation, recordAudit, type AuditLeaf, type Claim, type NewExplanation, type NewPayload } from '#jobs';
import { Random } from '#numeric';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { drawText } from './seed-words.js';

/** A model version that seeded explanations are of. */
export interface SeedModel {
  readonly name: string;
  readonly version: string;
  readonly versionId: string;
  readonly sha256: string;
  readonly task: 'text' | 'tabular';
  readonly classes: readonly string[];
}

/** A job that has succeeded, with everything its rows are made of. */
export interface SeededExplanation {
  readonly claim: Claim;
  readonly key: FreshSubjectKey;
  readonly request: NewPayload;
  readonly explanation: NewExplanation;
  readonly submitted: AuditLeaf;
  readonly completed: AuditLeaf;
  /** What the explanation was asked for, in the clear. */
  readonly stored: StoredRequest;
}

const METHODS = {
  text: ['kernel-shap', 'lime-text', 'exact-shap'],
  tabular: ['kernel-shap', 'lime-tabular', 'exact-shap'],
} as const;
const COLUMNS = {
  workclass: ['Private', 'Self-emp-inc', 'Federal-gov', 'State-gov', 'Without-pay'],
  education: ['Bachelors', 'HS-grad', 'Masters', 'Doctorate', 'Some-college'],
  occupation: ['Sales', 'Tech-support', 'Craft-repair', 'Exec-managerial', 'Farming-fishing'],
  country: ['United-States', 'Viet-Nam', 'Germany', 'Mexico', 'India'],
} as const;
const TEAMS = ['appeals', 'onboarding', 'risk', 'support', 'audit'];
const ACTORS = ['local', 'scoring-service', 'lena', 'omar', 'batch', 'mei', 'review-desk', 'nightly'];

/**
 * Makes one stored explanation: attributions are drawn, everything about it is real. It is sealed, committed to, recorded
 * and made findable by the code that does so for a job.
 *
 * @param number from 0; the same number and seed give the same contents
 */
export async function seedExplanation(from: {
  readonly keys: KeyRing;
  readonly tenant: string;
  readonly models: readonly SeedModel[];
  readonly seed: number;
  readonly number: number;
  readonly createdAt: Date;
}): Promise<SeededExplanation> {
  const { keys, tenant, models, seed, number, createdAt } = from;
  const random = new Random(seed, 1, number, 0);
  const model = models[Math.floor(models.length * random.float() ** 2)] ?? models[0];
  if (model === undefined) throw new RangeError('there is no model to seed explanations of');
  const actor = ACTORS[Math.floor(ACTORS.length * random.float() ** 2)] ?? 'local';
  const method = METHODS[model.task][random.below(3)] ?? 'kernel-shap';
  const input = model.task === 'text' ? { text: drawText(random) } : { features: drawRow(random) };
  const stored: StoredRequest = {
    method,
    model: { name: model.name, version: model.version, alias: 'production', sha256: model.sha256 },
    input,
    targets: [{}],
    params: { budget: 256 },
    seed: number,
  };
  const key = await keys.createSubjectKey(tenant, actor);
  const payloadId = uuidv7();
  const request: NewPayload = {
    id: payloadId,
    kind: 'request',
    name: null,
    sealed: seal(key.dataKey, Buffer.from(canonicalJson(stored), 'utf8'), payloadContext(payloadId)),
  };
  const claim: Claim = {
    jobId: uuidv7(),
    epoch: 1,
    attempt: 1,
    worker: 'seed:1',
    principal: { tenant, actor },
    requestId: `seed-${number}`,
    method,
    family: method.startsWith('lime') ? 'lime' : 'shap',
    model: { name: model.name, version: model.version, versionId: model.versionId, sha256: model.sha256, alias: 'production' },
    labels: { case: `C-${String(number).padStart(6, '0')}`, team: TEAMS[random.below(TEAMS.length)] ?? '' },
    seed: number,
    cache: 'use',
    purpose: null,
    subjectKeyId: key.id,
    requestPayloadId: payloadId,
    ...{ sealedRequest: null, servedBy: null },
    createdAt,
    startedAt: createdAt,
    deadlineAt: new Date(createdAt.getTime() + 900_000),
    remainingMs: 900_000,
    part: null,
    parts: null,
    progress: { done: 0, total: 0, phase: 'starting' },
    attempts: [],
  };
  const clock: Clock = { now: () => createdAt };
  const run = {
    output: drawOutput(random, model, input),
    ...{ wallMs: 20 + random.below(400), modelMs: 15, cpuMs: 18, peakRssBytes: 2 ** 28 },
    environment: { node: process.version } as never,
  };
  const searchKey = await keys.openSearchKey(tenant);
  const { explanation, leaf } = await buildExplanation({ claim, request: stored, run, key, searchKey, clock });
  const who = { tenant, actor, actorType: 'person', authMethod: 'none' } as never;
  const submitted = recordAudit(clock, 'submit', auditWho(who, claim.requestId), claim.jobId, {
    method,
    model: stored.model,
    requestCommitment: Buffer.from(request.sealed.commitment).toString('hex'),
    subjectKeyId: key.id,
  });
  return { claim, key, request, explanation, submitted, completed: leaf, stored };
}

function drawRow(random: Random): Record<string, string | number> {
  const names = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
  const row: Record<string, string | number> = { age: 17 + random.below(70), 'hours-per-week': 10 + random.below(60) };
  for (const name of names) row[name] = COLUMNS[name][random.below(COLUMNS[name].length)] ?? '';
  return row;
}

function drawOutput(
  random: Random,
  model: SeedModel,
  input: { text: string } | { features: Record<string, string | number> },
): ExplainerOutput {
  const features =
    'text' in input
      ? [...input.text.matchAll(/\S+/g)].map((match, index) => ({
          text: match[0],
          span: [match.index, match.index + match[0].length] as const,
          tokens: [index + 1],
        }))
      : Object.entries(input.features).map(([name, value]) => ({ name, value }));
  const attributions = features.map(() => random.gaussian() / 10);
  const sum = attributions.reduce((total, one) => total + one, 0);
  const predicted = random.below(model.classes.length);
  // Skewed to certainty, as classifiers are.
  const confidence = 1 - (1 - 1 / model.classes.length) * random.float() ** 3;
  return {
    prediction: model.classes.map((label, index) => ({
      label,
      probability: index === predicted ? confidence : (1 - confidence) / Math.max(1, model.classes.length - 1),
    })),
    features,
    targets: [
      {
        class: model.classes[predicted] ?? null,
        index: predicted,
        space: 'probability',
        score: confidence,
        baseScore: confidence - sum,
        completenessGap: 0,
      },
    ],
    attributions: [attributions],
    standardErrors: [attributions.map((one) => Math.abs(one) / 20)],
    ...{ evaluations: 256, modelRows: 256, budget: 256, estimated: true, truncated: false },
    unexplained: [],
    baseline: { masker: 'delete' },
    quality: { fidelity: null },
    warnings: [],
  };
}
