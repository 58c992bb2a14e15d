import type { ModelStore, ModelSummary, ModelVersion, NewVersion } from '#catalog';
import { uuidv7 } from 'uuidv7';
import type { MemoryDatabase, MemoryModel } from './memory-database.js';

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
    return this.database.within(() => {
      const found = this.get(tenant, model);
      return found?.versions.has(version) === true ? view(found, version) : null;
    });
  }

  findAlias(tenant: string, model: string, alias: string): Promise<ModelVersion | null> {
    return this.database.within(() => {
      const found = this.get(tenant, model);
      const version = found?.aliases.get(alias);
      return found === undefined || version === undefined ? null : view(found, version);
    });
  }

  addVersion(principal: { readonly tenant: string }, version: NewVersion): Promise<ModelVersion> {
    return this.database.within(() => {
      const key = JSON.stringify([principal.tenant, version.model]);
      const model = this.database.models.get(key) ?? {
        tenant: principal.tenant,
        name: version.model,
        createdAt: new Date(this.database.now()),
        aliases: new Map(),
        versions: new Map(),
      };
      this.database.models.set(key, model);
      if (model.versions.has(version.version)) return view(model, version.version);
      const active = version.outcome.state === 'ACTIVE' ? version.outcome : null;
      model.versions.set(version.version, {
        id: uuidv7(),
        model: version.model,
        version: version.version,
        state: version.outcome.state,
        reasons: version.outcome.state === 'REJECTED' ? version.outcome.reasons : [],
        sha256: version.sha256,
        files: version.files,
        description: active?.description ?? null,
        capabilities: active?.capabilities ?? null,
        location: version.location,
        aliases: [],
        createdAt: new Date(this.database.now()),
      });
      if (active !== null && !model.aliases.has('production')) model.aliases.set('production', version.version);
      return view(model, version.version);
    });
  }

  private get(tenant: string, name: string): MemoryModel | undefined {
    return this.database.models.get(JSON.stringify([tenant, name]));
  }
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
  const found = model.versions.get(version);
  if (found === undefined) throw new RangeError(`an alias of ${model.name} points to no version`);
  return {
    ...found,
    aliases: [...model.aliases]
      .filter(([, target]) => target === version)
      .map(([alias]) => alias)
      .sort(),
  };
}
