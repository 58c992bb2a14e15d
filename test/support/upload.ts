import type { Json, Platform } from './platform.js';

/** A model as files, by the names of its parts. */
export type ModelFiles = Readonly<Record<string, Uint8Array | string>>;

/** The body of an upload. */
export function toForm(files: ModelFiles): FormData {
  const form = new FormData();
  for (const [name, content] of Object.entries(files)) form.append(name, new Blob([content]), name);
  return form;
}

/** Uploads a version, with the model where it is new; the answer to the upload. */
export async function upload(platform: Platform, model: string, files: ModelFiles, headers: Record<string, string> = {}) {
  await platform.call('POST', '/v1/models', { name: model });
  const response = await fetch(`${platform.url}/v1/models/${model}/versions`, { method: 'POST', body: toForm(files), headers });
  return { status: response.status, body: (await response.json()) as Json };
}

/** The version, once its validation has ended. */
export async function validated(platform: Platform, model: string, version: string): Promise<Json> {
  for (;;) {
    const found = (await platform.call('GET', `/v1/models/${model}/versions/${version}`)).json();
    if (found['state'] !== 'VALIDATING') return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Uploads a version and waits for its validation. */
export async function register(platform: Platform, model: string, files: ModelFiles): Promise<Json> {
  const { status, body } = await upload(platform, model, files);
  if (status !== 202) throw new Error(`the upload of ${model} was answered ${status}: ${JSON.stringify(body)}`);
  return validated(platform, model, String(body['version']));
}
