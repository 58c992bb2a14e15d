import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemPrincipal } from '#access';
import { isActive, type ActiveVersion, type Registration } from '#catalog';
import { datasetLimits, DatasetProblem, formatOf, readRowFile, rowTypingOf } from '#datasets';
import { ExplainProblem } from '#explainers';
import { findRowFile } from '#inference';
import type { Core } from './assemble-core.js';

/**
 * Makes the rows that a tabular model of VITRINE_MODELS brings along a data set of the model's name, once per file: also one
 * that was deleted since stays so. A file that cannot be read is told in the log and stops nothing.
 */
export async function registerDatasets(core: Core, registrations: readonly Registration[]): Promise<void> {
  await core.datasets.sweep();
  for (const { folder, version } of registrations) {
    if (!isActive(version) || version.description.features.length === 0) continue;
    try {
      await registerRows(core, version, join(core.config.modelsFolder, folder));
    } catch (error) {
      if (!isOfTheFile(error)) throw error;
      core.logger.warn({ model: folder, err: error }, 'the rows of a model folder are no data set');
    }
  }
}

/** Whether the files are to blame, and not the database or this program. */
function isOfTheFile(error: unknown): boolean {
  if (error instanceof DatasetProblem || error instanceof ExplainProblem) return true;
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

async function registerRows(core: Core, version: ActiveVersion, folder: string): Promise<void> {
  const name = await findRowFile(folder);
  if (name === null) return;
  const file = await open(join(folder, name));
  try {
    await register(core, version, name, file);
  } finally {
    await file.close();
  }
}

async function register({ datasets, logger }: Core, version: ActiveVersion, name: string, file: FileHandle): Promise<void> {
  const fileSha256 = await hashFile(file);
  if (await datasets.hasFile(systemPrincipal.tenant, version.model, fileSha256)) return;
  // Manifests name their files as they like; the ending says what they are.
  const format = formatOf(basename(name).replace(/^[^.]*/, 'rows'));
  if (format === null) throw new DatasetProblem('DATASET_UNREADABLE', `${name} is no file of rows`);
  const typing = { ...rowTypingOf(version), labelColumn: 'label', labelIsOptional: true };
  const { shape, blocks } = await readRowFile(file.fd, format, typing, datasetLimits, new AbortController().signal);
  const outcome = await datasets.add(
    systemPrincipal,
    { ...shape, name: version.model, version: null, fileSha256, oncePerFile: true },
    blocks,
  );
  if (outcome.kind === 'added')
    logger.info({ dataset: version.model, version: outcome.version.version, rows: outcome.version.rows }, 'data set registered');
}

async function hashFile(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
