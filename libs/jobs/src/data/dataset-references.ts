import type { StoredRequest } from '#history';

/** A version of a data set that a stored request reads. */
export interface DatasetReference {
  readonly dataset: string;
  readonly version: string;
  /** Over its canonical rows. */
  readonly sha256: string;
}

/** Every version of a data set that a stored request names, in its input or anywhere in its parameters, each once. */
export function datasetReferences({ input, params }: Pick<StoredRequest, 'input' | 'params'>): readonly DatasetReference[] {
  const found = new Map<string, DatasetReference>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isReference(value))
      found.set(JSON.stringify([value.dataset, value.version]), { dataset: value.dataset, version: value.version, sha256: value.sha256 });
    for (const member of Object.values(value)) look(member);
  };
  look(input);
  look(params);
  return [...found.values()];
}

/** Only what was resolved at submission has all three members. */
function isReference(value: object): value is DatasetReference {
  return ['dataset', 'version', 'sha256'].every(
    (name) => Object.hasOwn(value, name) && typeof (value as Record<string, unknown>)[name] === 'string',
  );
}
