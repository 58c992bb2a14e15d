import type { Principal } from '#access';
import type { ModelDescription } from '#explainers';
import type { ModelStore } from './model-store.js';
import type { ModelFile, ModelVersion, RejectionReason } from './model-version.js';

/** What is learned of a model folder. `fingerprint` only hashes; `probe` runs the model, in a child process. */
export abstract class ModelInspector {
  /** Names of the model folders below VITRINE_MODELS, sorted. */
  abstract listFolders(): Promise<readonly string[]>;
  abstract fingerprint(folder: string): Promise<{ readonly sha256: string; readonly files: readonly ModelFile[] }>;
  /** Rejects with an error that has `code` and `detail` when the model cannot be served. */
  abstract probe(
    folder: string,
    name: string,
    version: string,
  ): Promise<{ readonly description: ModelDescription; readonly capabilities: Readonly<Record<string, unknown>> }>;
}

export interface Registration {
  readonly folder: string;
  readonly version: ModelVersion;
  /** False when this hash was registered before. */
  readonly added: boolean;
}

/**
 * Registers every model folder. A folder whose hash is known keeps its version and is not probed again; a changed
 * folder becomes the next version, and the alias stays where it is. A folder that cannot be served becomes a REJECTED
 * version with its reasons; it does not stop the others.
 *
 * @param describeFailure code and detail of a probe's rejection; rethrow what is not the model's fault
 */
export async function registerFolders(
  store: ModelStore,
  inspector: ModelInspector,
  principal: Principal,
  describeFailure: (error: unknown) => RejectionReason,
): Promise<readonly Registration[]> {
  const registrations: Registration[] = [];
  for (const folder of await inspector.listFolders()) {
    const fingerprint = await inspector.fingerprint(folder).catch((error: unknown) => ({ failure: describeFailure(error) }));
    const identity = { model: folder, version: null, location: `bundled:${folder}` } as const;
    const same = await store.findRegistered(principal.tenant, identity.location, 'failure' in fingerprint ? null : fingerprint.sha256);
    if (same !== null) {
      registrations.push({ folder, version: same, added: false });
      continue;
    }
    const added = await store.addVersion(
      principal,
      'failure' in fingerprint
        ? { ...identity, sha256: null, files: [], outcome: { state: 'REJECTED', reasons: [fingerprint.failure] } }
        : {
            ...identity,
            sha256: fingerprint.sha256,
            files: fingerprint.files,
            outcome: await probe(inspector, folder, describeFailure),
          },
    );
    registrations.push({ folder, version: added, added: true });
  }
  return registrations;
}

async function probe(inspector: ModelInspector, folder: string, describeFailure: (error: unknown) => RejectionReason) {
  try {
    // The store gives the version its name, and writes it into the description.
    return { state: 'ACTIVE', ...(await inspector.probe(folder, folder, '')) } as const;
  } catch (error) {
    return { state: 'REJECTED', reasons: [describeFailure(error)] } as const;
  }
}
