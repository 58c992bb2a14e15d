import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestSchema } from './manifest.js';

/**
 * The file of labelled rows that a model brings along: its `population`, else its `rows`.
 *
 * @param folder of a model that was registered
 * @returns its name below the folder; null where the manifest names none that is there
 */
export async function findRowFile(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, 'model.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const { files } = manifestSchema.parse(JSON.parse(text));
  for (const name of [files?.population, files?.rows]) if (name !== undefined && (await isFile(join(folder, name)))) return name;
  return null;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
