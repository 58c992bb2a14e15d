import type { Deletion, ModelLocation, ModelStore, ModelSummary, ModelVersion, NewUpload, NewVersion } from '#catalog';
import { uuidv7 } from 'uuidv7';
import { viewVersion, type MemoryDatabase, type MemoryModel } from './memory-database.js';

/** Models and their versions in memory. */
export class MemoryModelStore implements ModelStore {
  constructor(private readonly database: MemoryDatabase) {}

  listModels(tenant: string): Promise<readonly ModelSummary[]> {
    return this.database.within(() =>
      [...this.database.models.values()]
        .filter((model) => model.tenant === tenant)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(summarize),
    );
  }

  findModel(tenant: string, name: string): Promise<ModelSummary | null> {
    return this.database.within(() => {
      const model = this.get(tenant, name);
      return model === undefined ? null : summarize(model);
    });
  }

  listVersions(tenant: string, model: string): Promise<readonly ModelVersion[]> {
    return this.database.within(() => {
      const found = this.get(tenant, model);
      return found === undefined ? [] : [...found.versions.keys()].reverse().map((version) => view(found, version));
    });
  }

  findVersion(tenant: string, model: string, version: string): Promise<ModelVersion | null> {
    return this.database.within(() => this.database.version(tenant, model, version));
  }

  findAlias(tenant: string, model: string, alias: string): Promise<ModelVersion | null> {
    return this.database.within(() => {
      const found = this.get(tenant, model);
      const version = found?.aliases.get(alias);
      return found === undefined || version === undefined ? null : view(found, version);
    });
  }

  findRegistered(tenant: string, location: ModelLocation, sha256: string | null): Promise<ModelVersion | null> {
    return this.database.within(() => {
      for (const model of this.database.models.values()) {
        const found = [...model.versions.values()].find((one) => one.location === location && one.sha256 === sha256);
        if (model.tenant === tenant && found !== undefined) return view(model, found.version);
      }
      return null;
    });
  }

  addVersion(principal: { readonly tenant: string }, version: NewVersion): Promise<ModelVersion> {
    return this.database.within(() => {
      const model = this.getOrAdd(principal.tenant, version.model).model;
      const name = version.version ?? nextVersion(model);
      if (model.versions.has(name)) return view(model, name);
      const active = version.outcome.state === 'ACTIVE' ? version.outcome : null;
      model.versions.set(name, {
        id: uuidv7(),
        model: version.model,
        version: name,
        state: version.outcome.state,
        reasons: version.outcome.state === 'REJECTED' ? version.outcome.reasons : [],
        sha256: version.sha256,
        files: version.files,
        description: active === null ? null : { ...active.description, version: name },
        capabilities: active?.capabilities ?? null,
        location: version.location,
        aliases: [],
        createdAt: new Date(this.database.now()),
      });
      if (active !== null && !model.aliases.has('production')) model.aliases.set('production', name);
      return view(model, name);
    });
  }

  addModel(principal: { readonly tenant: string }, name: string): Promise<{ readonly model: ModelSummary; readonly added: boolean }> {
    return this.database.within(() => {
      const { model, added } = this.getOrAdd(principal.tenant, name);
      return { model: summarize(model), added };
    });
  }

  addUpload(principal: { readonly tenant: string }, upload: NewUpload): Promise<ModelVersion | 'model-unknown' | 'version-exists'> {
    return this.database.within(() => {
      const model = this.get(principal.tenant, upload.model);
      if (model === undefined) return 'model-unknown';
      const version = upload.version ?? nextVersion(model);
      if (model.versions.has(version)) return 'version-exists';
      model.versions.set(version, {
        ...{ id: upload.id, model: upload.model, version, state: 'VALIDATING', reasons: [], sha256: null, files: upload.files },
        ...{ description: null, capabilities: null, location: upload.location, aliases: [], createdAt: new Date(this.database.now()) },
      });
      return view(model, version);
    });
  }

  setAlias(
    principal: { readonly tenant: string },
    name: string,
    alias: string,
    version: string,
  ): Promise<ModelVersion | 'version-unknown' | 'not-active'> {
    return this.database.within(() => {
      const model = this.get(principal.tenant, name);
      const found = model?.versions.get(version);
      if (model === undefined || found === undefined) return 'version-unknown';
      if (found.state !== 'ACTIVE') return 'not-active';
      model.aliases.set(alias, version);
      return view(model, version);
    });
  }

  deleteVersion(
    principal: { readonly tenant: string },
    name: string,
    version: string,
    force: boolean,
  ): Promise<Deletion | 'version-unknown' | { readonly inUse: number }> {
    return this.database.within(() => {
      const model = this.get(principal.tenant, name);
      if (model?.versions.has(version) !== true) return 'version-unknown';
      const found = view(model, version);
      const explanations = [...this.database.explanations.values()].filter(
        (row) => row.modelName === name && row.modelVersion === version,
      ).length;
      if (explanations > 0 && !force) return { inUse: explanations };
      for (const alias of found.aliases) model.aliases.delete(alias);
      model.versions.delete(version);
      return { version: found, aliases: found.aliases, explanations };
    });
  }

  findLocations(locations: readonly string[]): Promise<ReadonlySet<string>> {
    return this.database.within(() => {
      const all = [...this.database.models.values()].flatMap((model) => [...model.versions.values()].map((version) => version.location));
      return new Set(all.filter((location) => locations.includes(location)));
    });
  }

  private getOrAdd(tenant: string, name: string): { readonly model: MemoryModel; readonly added: boolean } {
    const found = this.get(tenant, name);
    if (found !== undefined) return { model: found, added: false };
    const model = { tenant, name, createdAt: new Date(this.database.now()), aliases: new Map(), versions: new Map() };
    this.database.models.set(JSON.stringify([tenant, name]), model);
    return { model, added: true };
  }

  private get(tenant: string, name: string): MemoryModel | undefined {
    return this.database.models.get(JSON.stringify([tenant, name]));
  }
}

function nextVersion(model: MemoryModel): string {
  return String(Math.max(0, ...[...model.versions.keys()].filter((name) => /^[1-9]\d*$/.test(name)).map(Number)) + 1);
}

function summarize(model: MemoryModel): ModelSummary {
  return {
    name: model.name,
    createdAt: model.createdAt,
    aliases: Object.fromEntries(model.aliases),
    versions: [...model.versions.keys()].reverse(),
  };
}

function view(model: MemoryModel, version: string): ModelVersion {
  const found = viewVersion(model, version);
  if (found === null) throw new RangeError(`an alias of ${model.name} points to no version`);
  return found;
}
