import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemPrincipal } from '#access';
import { ModelInspector, registerFolders, type Registration } from '#catalog';
import { readModelFolder } from '#inference';
import { RunFailure, type Runner } from '#runner';
import type { Core } from './assemble-core.js';

const PROBE_SECONDS = 120;

/** Registers the folders below VITRINE_MODELS; what cannot be served is registered as REJECTED and told in the log. */
export async function registerModels(core: Core, runner: Runner): Promise<readonly Registration[]> {
  await core.keys.openTenant(systemPrincipal.tenant, systemPrincipal.actor);
  const registrations = await registerFolders(core.models, new FolderInspector(core, runner), systemPrincipal, describeFailure);
  for (const { folder, version, added } of registrations) {
    if (version.state === 'REJECTED')
      core.logger.warn({ model: folder, version: version.version, reasons: version.reasons }, 'a model folder cannot be served');
    else if (added) core.logger.info({ model: folder, version: version.version, sha256: version.sha256 }, 'model registered');
    if (added && version.state === 'ACTIVE' && !version.aliases.includes('production'))
      core.logger.warn(
        { model: folder, version: version.version },
        'the files of this model changed: they are a new version, and the alias production still means the former one',
      );
  }
  return registrations;
}

class FolderInspector extends ModelInspector {
  constructor(
    private readonly core: Core,
    private readonly runner: Runner,
  ) {
    super();
  }

  override async listFolders(): Promise<readonly string[]> {
    const root = this.core.config.modelsFolder;
    const names = await readdir(root);
    const folders = await Promise.all(names.map(async (name) => ((await isModelFolder(join(root, name))) ? name : null)));
    return folders.filter((name) => name !== null).sort();
  }

  override fingerprint(folder: string) {
    return readModelFolder(join(this.core.config.modelsFolder, folder));
  }

  override probe(folder: string, name: string, version: string) {
    return this.runner.probe(
      { folder: join(this.core.config.modelsFolder, folder), name, version },
      {
        deadline: new Date(this.core.clock.now().getTime() + PROBE_SECONDS * 1000),
        memoryLimitBytes: this.core.config.childMemoryBytes,
        signal: new AbortController().signal,
      },
    );
  }
}

async function isModelFolder(path: string): Promise<boolean> {
  if (!(await stat(path)).isDirectory()) return false;
  for (const candidate of ['model.onnx', 'onnx/model.onnx', 'model.json'])
    if (
      await stat(join(path, candidate)).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return true;
  return false;
}

function describeFailure(error: unknown): { code: string; detail: string } {
  if (error instanceof RunFailure) return { code: error.code, detail: error.detail };
  if (error instanceof Error && 'code' in error && 'detail' in error && typeof error.code === 'string' && typeof error.detail === 'string')
    return { code: error.code, detail: error.detail };
  throw error;
}
