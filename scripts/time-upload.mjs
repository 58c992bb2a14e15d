import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

// node scripts/time-upload.mjs <address> <folder of a text model> [sentence]: from the first byte sent to the first explanation.
const [address, folder, text = 'A gripping, funny film.'] = process.argv.slice(2);
if (address === undefined || folder === undefined) {
  process.stderr.write('usage: node scripts/time-upload.mjs http://127.0.0.1:4300 path/to/model\n');
  process.exit(2);
}
const model = `timed-${Date.now()}`;
const call = async (method, path, body) => {
  const json = body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' };
  const response = await fetch(address + path, { method, headers: json, body: body instanceof FormData ? body : JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
};
/** @param {() => Promise<{ state: string }>} look */
const until = async (look, done) => {
  for (;;) {
    const answer = await look();
    if (done(answer.state)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
const paths = entries.map((entry) => join(entry.parentPath, entry.name));
const files = await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path)]));
const startedAt = performance.now();
const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(2);
await call('POST', '/v1/models', { name: model });
const form = new FormData();
for (const [name, bytes] of files) form.append(name, new Blob([bytes]), name);
const received = await call('POST', `/v1/models/${model}/versions`, form);
const megabytes = files.reduce((sum, [, bytes]) => sum + bytes.length, 0) / 1e6;
process.stdout.write(`${megabytes.toFixed(1)} MB received after ${seconds()} s\n`);
const version = await until(
  () => call('GET', `/v1/models/${model}/versions/${received.version}`),
  (state) => state !== 'VALIDATING',
);
process.stdout.write(`${version.state} after ${seconds()} s ${version.reasons.map((reason) => reason.detail).join(' ')}\n`);
if (version.state !== 'ACTIVE') process.exit(1);
const job = await call('POST', '/v1/jobs', {
  method: 'kernel-shap',
  model: { name: model },
  input: { text },
  params: { players: 'words', budget: 64 },
  seed: 1,
});
const ended = await until(
  () => call('GET', `/v1/jobs/${job.id}`),
  (state) => !['QUEUED', 'RUNNING'].includes(state),
);
process.stdout.write(`${ended.state} after ${seconds()} s\n`);
process.exit(ended.state === 'SUCCEEDED' ? 0 : 1);
