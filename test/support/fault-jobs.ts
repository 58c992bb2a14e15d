import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calmModel, crashModel, loopForeverModel, memoryBombModel, slowModel, writeModelFolder } from '#testing';
import type { Json, Platform } from './platform.js';
import { until } from './until.js';

/** Two seconds are promised; a machine that runs other things as well gets twice that. */
export const PROMPTLY_MS = 4000;

/** Starts an app of test/support/crashing in place of the product's own. */
export const crashing = (app: string) => join('test', 'support', 'crashing', `${app}.js`);

/** Some seconds of forward passes of a real model, with progress on the way. */
export const textJob = {
  method: 'kernel-shap',
  model: { name: 'sst2-minilm' },
  input: { text: 'A slow and strangely tender film about loss and the sea that takes its time and trusts its two quiet actors' },
  target: { class: 'positive', space: 'probability' },
  params: { players: 'words', budget: 170 },
  seed: 5,
  cache: 'bypass',
};

/** Folder for VITRINE_MODELS with the toy models, whose fault waits for a row with `trigger` above 0.5. */
export async function writeToyModels(folder: string): Promise<void> {
  const toys = { calm: calmModel(), crash: crashModel(), loop: loopForeverModel(), bomb: memoryBombModel(), slow: slowModel() };
  for (const [name, toy] of Object.entries(toys)) await writeModelFolder(join(folder, name), toy);
}

/** @param trigger for `slow`: about as many milliseconds for each row */
export function toyJob(model: string, trigger: number, more: Json = {}): Json {
  return {
    method: 'exact-shap',
    model: { name: model },
    input: { features: { signal: 0.5, other: 0.25, trigger } },
    seed: 1,
    cache: 'bypass',
    ...more,
  };
}

export async function submit(platform: Platform, job: unknown): Promise<string> {
  const answer = await platform.call('POST', '/v1/jobs', job);
  if (answer.status !== 202) throw new Error(`submit answered ${answer.status}: ${answer.text}`);
  return String(answer.json()['id']);
}

/** A job that is being computed: it has told of progress. */
export async function submitRunning(platform: Platform, job: unknown): Promise<string> {
  const id = await submit(platform, job);
  await until(
    'progress of the job',
    async () => (await platform.call('GET', `/v1/jobs/${id}`)).json(),
    ({ progress }) => (progress as { done: number }).done > 0,
    { everyMs: 10 },
  );
  return id;
}

/** Makes the process of a platform of `crashing` apps that passes this point next kill itself there; null takes it back. */
export async function armCrash(platform: Platform, point: string | null): Promise<void> {
  const path = join(platform.home, 'crash-at');
  if (point === null) await rm(path, { force: true });
  else await writeFile(path, point);
}

/** All explanations of a job: none, or the one it may have. */
export async function explanationsOf(platform: Platform, jobId: string): Promise<readonly Json[]> {
  const listed = (await platform.call('GET', '/v1/explanations?pageSize=200')).json()['items'] as Json[];
  return listed.filter((one) => one['jobId'] === jobId);
}

export async function resultHashOf(platform: Platform, job: Json): Promise<unknown> {
  return (await platform.call('GET', `/v1/explanations/${String(job['explanationId'])}`)).json()['resultHash'];
}
