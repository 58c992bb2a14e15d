import { manifestSchema } from './manifest.js';
import { isFile, readJson } from './read-json.js';

/**
 * The file of labelled rows that a model brings along: its `population`, else its `rows`.
 *
 * @param folder of a model that was registered
 * @returns its name below the folder; null where the manifest names none that is there
 * @throws ExplainProblem MODEL_FILE_INVALID where the manifest cannot be read
 */
export async function findRowFile(folder: string): Promise<string | null> {
  const manifest = await readJson(folder, 'model.json', manifestSchema);
  for (const name of [manifest?.files?.population, manifest?.files?.rows])
    if (name !== undefined && (await isFile(folder, name))) return name;
  return null;
}
