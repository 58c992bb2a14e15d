import { isActive, type ActiveVersion, type RejectionReason } from './model-version.js';
import type { ModelStore } from './model-store.js';

export interface ModelReference {
  readonly name: string;
  readonly version?: string | undefined;
  readonly alias?: string | undefined;
}

export type ModelResolution =
  | { readonly kind: 'resolved'; readonly version: ActiveVersion; readonly alias: string | null }
  | { readonly kind: 'model-unknown'; readonly known: readonly string[] }
  | { readonly kind: 'version-unknown'; readonly known: readonly string[] }
  | { readonly kind: 'alias-unknown'; readonly known: readonly string[] }
  | { readonly kind: 'not-active'; readonly state: string; readonly reasons: readonly RejectionReason[] };

/** Finds the version a request means: the named one, the alias's, or `production`'s. */
export async function resolveModel(store: ModelStore, tenant: string, reference: ModelReference): Promise<ModelResolution> {
  const alias = reference.version === undefined ? (reference.alias ?? 'production') : null;
  const found =
    reference.version === undefined
      ? await store.findAlias(tenant, reference.name, alias ?? 'production')
      : await store.findVersion(tenant, reference.name, reference.version);
  if (found !== null)
    return isActive(found)
      ? { kind: 'resolved', version: found, alias }
      : { kind: 'not-active', state: found.state, reasons: found.reasons };
  const model = await store.findModel(tenant, reference.name);
  if (model === null) return { kind: 'model-unknown', known: (await store.listModels(tenant)).map((one) => one.name) };
  if (reference.version !== undefined) return { kind: 'version-unknown', known: model.versions };
  const [newest] = await store.listVersions(tenant, reference.name);
  // Without an alias of its own choosing the request meant the model as it is: say what is wrong with that.
  if (reference.alias === undefined && newest !== undefined && !isActive(newest))
    return { kind: 'not-active', state: newest.state, reasons: newest.reasons };
  return { kind: 'alias-unknown', known: Object.keys(model.aliases) };
}
