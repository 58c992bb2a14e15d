import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  explainers,
  type ExplainRequest,
  type ImageModel,
  type LanguageModel,
  type Model,
  type TabularModel,
  type TextModel,
} from '#explainers';
import { OnnxModels } from '#inference';
import { readSafetensors } from '#testing';
import type { Comparison } from './compare/comparison.js';
import { compareCompleteness } from './compare/completeness.js';
import { compareTabularExactShap, compareTextExactShap, type Explain } from './compare/exact-shap.js';
import { compareGenerationGradients, type GenerationGradientReference } from './compare/generation-gradients.js';
import { compareTextGradients, type GradientReference } from './compare/gradients.js';
import { compareTabularGradients } from './compare/tabular-gradients.js';
import { compareGlobalImportance } from './compare/global-importance.js';
import { compareImageGradients, type ImageGradientReference } from './compare/image-gradients.js';
import { compareImageOcclusion, explainHere } from './compare/image-occlusion.js';
import { compareLocalisation, type LocalisationReference } from './compare/localisation.js';
import { compareGeneration, type GenerationReference } from './compare/generation.js';
import { compareKernelShap } from './compare/kernel-shap.js';
import { compareLimeTabular } from './compare/lime-tabular.js';
import { compareLimeText } from './compare/lime-text.js';
import { comparePredictions } from './compare/predictions.js';
import { compareTextAttention, type AttentionReference } from './compare/text-attention.js';

/** Where reviews are looked for, from the folder of the references: a label, a space, the text. */
const reviews = '../data/sst2/stsa.binary.dev';
/** Seconds from which the time of a file is told. */
const slow = 90;

interface Options {
  readonly all: boolean;
  readonly only: string;
  readonly url?: string;
}

/**
 * `npm run golden -- DIR`: every reference file below DIR against the explainers, one line a file, exit 1 on a miss. The models are looked
 * for in `models/` beside DIR, then in the project's own. `--all` prints every comparison; with `--url URL` the methods run over REST at that address, which must serve the models.
 * `--only WORD` takes the files whose path has the word in it. Where the reviews of SST-2 lie in `data/sst2` beside DIR, integrated gradients of
 * 200 of them are to add up (`--only completeness`).
 */
async function main(folder: string, { all: verbose, only, url }: Options): Promise<number> {
  const models = new ModelFolders([join(resolve(folder), '..', 'models'), join(projectRoot(), 'models')], url ?? null);
  let misses = 0;
  let compared = 0;
  for (const file of [...(await listReferences(resolve(folder))), resolve(folder, reviews)]) {
    const name = file === resolve(folder, reviews) ? 'completeness' : relative(resolve(folder), file);
    if (!name.includes(only) || (name === 'completeness' && !(await exists(file)))) continue;
    const startedAt = performance.now();
    const comparisons = name === 'completeness' ? [await compareReviews(file, models)] : await compareFile(file, models);
    const seconds = (performance.now() - startedAt) / 1000;
    if (comparisons === null) {
      process.stdout.write(`-     ${name}  no method for it yet\n`);
      continue;
    }
    const failed = comparisons.filter((one) => !one.ok);
    const largest = comparisons.reduce(
      (most, one) => Math.max(most, one.tolerance === 0 ? one.maxAbsError : one.maxAbsError / one.tolerance),
      0,
    );
    misses += failed.length;
    compared += comparisons.length;
    process.stdout.write(
      `${failed.length === 0 ? 'ok   ' : 'MISS '} ${name}  ${comparisons.length} comparisons, largest ${largest.toFixed(3)} of its tolerance${seconds > slow ? `, in ${seconds.toFixed(0)} s` : ''}\n`,
    );
    for (const one of verbose || name === 'completeness' ? comparisons : failed)
      process.stdout.write(`      ${one.ok ? ' ' : '!'} ${one.what}: ${one.maxAbsError.toExponential(2)} (${one.tolerance})\n`);
  }
  process.stdout.write(`${compared} comparisons, ${misses} beyond their tolerance\n`);
  if (compared === 0) process.stdout.write('no reference file was found below this folder\n');
  return misses === 0 && compared > 0 ? 0 : 1;
}

async function compareReviews(file: string, models: ModelFolders): Promise<Comparison> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, 200);
  return compareCompleteness(
    lines.map((line) => line.slice(2)),
    await models.explain('sst2-minilm'),
  );
}

async function compareFile(file: string, models: ModelFolders): Promise<readonly Comparison[] | null> {
  const kind = file.slice(file.lastIndexOf('/') + 1);
  const modelName = dirname(file).slice(dirname(file).lastIndexOf('/') + 1);
  const tensors = async (name: string) => readSafetensors(new Uint8Array(await readFile(join(dirname(file), name))).buffer);
  const reference = async (): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  switch (kind) {
    case 'exact-shapley.json':
      return compareTabularExactShap(await models.explain(modelName), file, await models.folder(modelName));
    case 'kernel-shap-l1off.json':
      return compareKernelShap(await models.explain(modelName), file, await models.folder(modelName));
    case 'global-importance.json':
      return compareGlobalImportance((await models.open(modelName)) as TabularModel, file, await models.folder(modelName));
    case 'exact-shap.json':
      return compareTextExactShap(await models.explain('sst2-minilm'), file);
    case 'lime-text.json':
      return compareLimeText(
        await reference(),
        await tensors('lime-neighbourhood.safetensors'),
        (await models.open('sst2-minilm')) as TextModel,
      );
    case 'lime-tabular.json': {
      const model = (await models.open(modelName)) as TabularModel;
      const background = await model.background();
      const rows = Array.from({ length: background.rows }, (_row, index) => [
        ...background.cells.subarray(index * background.columns, (index + 1) * background.columns),
      ]);
      const training = { columns: model.description.features.map((feature) => feature.name), rows };
      return compareLimeTabular(await reference(), await tensors('lime-tabular.safetensors'), training, model);
    }
    case 'attention-gradients.json': {
      const [text, stored] = [await reference(), await tensors('attention-gradients.safetensors')];
      return [
        ...(await compareTextAttention(text as AttentionReference, stored, (await models.open('sst2-minilm')) as TextModel)),
        ...(await compareTextGradients(text as GradientReference, stored, await models.explain('sst2-minilm'))),
      ];
    }
    case 'integrated-gradients.json':
      return compareTabularGradients(await models.explain(modelName), file, await models.folder(modelName));
    case 'golden.json': {
      const generation = (await reference()) as GenerationReference;
      const plain = await models.open(modelName, { kvCache: false });
      return [
        ...(await compareGeneration(generation, tensors, (await models.open(modelName)) as LanguageModel)),
        ...(await compareGeneration(generation, tensors, plain as LanguageModel)),
        ...(await compareGenerationGradients(
          generation as GenerationReference & GenerationGradientReference,
          tensors,
          await models.explain(modelName),
        )),
      ];
    }
    case 'digits-resnet.json':
    case 'digits-vit.json': {
      const name = kind.slice(0, -'.json'.length);
      const explain = await models.explain(name, true);
      const [stored, images] = [await tensors(`${name}.safetensors`), await readExamples(await models.folder(name))];
      const model = (await models.open(name)) as ImageModel;
      return [
        ...(await compareImageOcclusion(name, stored, images, explainHere(explain))),
        ...(await compareImageGradients(name, (await reference()) as ImageGradientReference, stored, images, model, explain)),
      ];
    }
    case 'localisation-resnet.json':
    case 'localisation-vit.json': {
      const stem = kind.slice(0, -'.json'.length);
      const name = stem.replace('localisation', 'digits');
      const [stored, scenes] = [await tensors(`${stem}.safetensors`), await tensors('scenes.safetensors')];
      const [model, explain] = [(await models.open(name)) as ImageModel, await models.explain(name, true)];
      return compareLocalisation(name, (await reference()) as LocalisationReference, stored, scenes, model, explain);
    }
    case 'predictions.json':
      return comparePredictions(file, (await models.open('sst2-minilm')) as TextModel);
    default:
      return null;
  }
}

/** The pictures of a model as base64, in the order of their names; those that only repeat another's pixels are left out. */
async function readExamples(folder: string): Promise<readonly string[]> {
  const names = (await readdir(join(folder, 'examples'))).filter((name) => !name.endsWith('-256.png')).sort();
  return Promise.all(names.map((name) => readFile(join(folder, 'examples', name), 'base64')));
}

/** Models opened in this process: the command has no service to protect. */
class ModelFolders {
  private readonly runtime = new OnnxModels();
  private readonly opened = new Map<string, Promise<Model>>();

  constructor(
    private readonly roots: readonly string[],
    private readonly url: string | null,
  ) {}

  async folder(name: string): Promise<string> {
    for (const root of this.roots) if (await exists(join(root, name, 'model.onnx'))) return join(root, name);
    throw new Error(`there is no model folder ${name}`);
  }

  open(name: string, { kvCache = true }: { readonly kvCache?: boolean } = {}): Promise<Model> {
    const key = kvCache ? name : `${name} without a cache`;
    const known = this.opened.get(key) ?? this.openNow(name, kvCache);
    this.opened.set(key, known);
    return known;
  }

  /** @param here in this process even where there is an address: what is compared lies beside the document */
  async explain(name: string, here = false): Promise<Explain> {
    const { url } = this;
    if (url !== null && !here) return (body) => explainOverRest(url, body);
    const model = await this.open(name);
    return async (body) => {
      const { method, input, target, targets, params, seed } = body as ExplainRequest<unknown> & { method: string; target?: object };
      const explainer = explainers.find((one) => one.method === method);
      if (explainer === undefined || explainer.reads === 'dataset') throw new Error(`there is no method ${method} that reads a row`);
      const request = {
        input,
        targets: (targets as readonly object[] | undefined) ?? [target ?? {}],
        params: explainer.params.parse(params ?? {}),
        seed,
      };
      explainer.check(request, model.description);
      const output = await explainer.explain(request, { model, cancellation: { aborted: false }, report: () => undefined });
      return { ...output };
    };
  }

  private async openNow(name: string, kvCache: boolean): Promise<Model> {
    const folder = await this.folder(name);
    const { description } = await this.runtime.probe({ folder, name, version: '1' });
    return (await this.runtime.open({ folder, description, kvCache })).forRun('bypass');
  }
}

/** Submits a job and waits for its stored explanation. */
async function explainOverRest(url: string, body: unknown): Promise<Record<string, unknown>> {
  const ask = async (path: string, init?: RequestInit) => (await (await fetch(url + path, init)).json()) as Record<string, unknown>;
  let job = await ask('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify(body),
  });
  while (job['state'] === 'QUEUED' || job['state'] === 'RUNNING') {
    await pause(100);
    job = await ask(`/v1/jobs/${String(job['id'])}`);
  }
  if (job['state'] !== 'SUCCEEDED') throw new Error(JSON.stringify(job));
  return ask(`/v1/explanations/${String(job['explanationId'])}`);
}

async function listReferences(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !entry.parentPath.includes('/generate'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

// This file runs as dist/test/golden/run-golden.js.
function projectRoot(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, only: { type: 'string', default: '' }, url: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write('usage: npm run golden -- DIR [--all] [--only WORD] [--url URL]\n');
  process.exit(2);
}
process.exit(await main(folder, values));
