import { BLOCK_ROWS, type DatasetRow, type DatasetVersion } from '#catalog';
import { checkRowsFit, ExplainProblem, tabulateRows, type ModelDescription, type Table } from '#explainers';
import { refuseField } from '#platform';
import { RunFailure } from '#runner';
import { problemCodeOf } from '../request/explain-problem-code.js';
import type { DatasetReader } from './dataset-reader.js';
import { drawRows } from './draw-rows.js';

/** `params.background` that names a data set, as it is asked for. */
interface AskedBackground {
  readonly dataset: string;
  readonly version?: string | undefined;
  readonly rows: number;
  readonly seed?: number | undefined;
}

/** The same, resolved: the same rows for ever. */
interface StoredBackground extends AskedBackground {
  readonly version: string;
  readonly sha256: string;
  readonly seed: number;
}

/**
 * Resolves every background of a request that names a data set to a version and a seed.
 *
 * @param params of the request; a background may lie at any depth
 * @param seed of the request, for backgrounds that have none
 * @throws ProblemError DATASET_UNKNOWN, DATASET_MISMATCH or ROWS_OUT_OF_RANGE with the pointer
 */
export function resolveBackgrounds(
  datasets: DatasetReader,
  tenant: string,
  params: unknown,
  seed: number,
  description: ModelDescription,
): Promise<unknown> {
  return replaceBackgrounds(params, '/params', (asked, pointer) => resolveOne(datasets, tenant, asked, pointer, seed, description));
}

async function resolveOne(
  datasets: DatasetReader,
  tenant: string,
  asked: AskedBackground,
  pointer: string,
  seed: number,
  { features }: ModelDescription,
): Promise<StoredBackground> {
  const found = await datasets.find(tenant, asked.dataset, asked.version);
  if (found === null) {
    const named =
      asked.version === undefined
        ? JSON.stringify(asked.dataset)
        : `${JSON.stringify(asked.dataset)} version ${JSON.stringify(asked.version)}`;
    throw refuseField(
      'DATASET_UNKNOWN',
      asked.version === undefined ? `${pointer}/dataset` : `${pointer}/version`,
      `there is no data set ${named}`,
    );
  }
  const mismatch = found.kind === 'text' ? 'its rows are texts' : checkRowsFit(found.columns, features);
  if (mismatch !== null)
    throw refuseField(
      'DATASET_MISMATCH',
      `${pointer}/dataset`,
      `${found.name} version ${found.version} does not fit the model: ${mismatch}`,
    );
  if (asked.rows > found.rows)
    throw refuseField(
      'ROWS_OUT_OF_RANGE',
      `${pointer}/rows`,
      `${asked.rows} rows are asked for, and ${found.name} version ${found.version} has ${found.rows}`,
    );
  return { dataset: found.name, version: found.version, sha256: found.sha256, rows: asked.rows, seed: asked.seed ?? seed };
}

/**
 * The rows of the background that stored parameters name, as the model's table.
 *
 * @returns an empty object where they name none
 * @throws RunFailure DATASET_GONE where the version was deleted; what `readRow` finds
 */
export async function loadBackground(
  datasets: DatasetReader,
  tenant: string,
  params: unknown,
  { features }: ModelDescription,
): Promise<{ readonly background?: Table }> {
  const named: { readonly stored: StoredBackground; readonly pointer: string }[] = [];
  await replaceBackgrounds(params, '/params', (one, at) => {
    named.push({ stored: one as StoredBackground, pointer: at });
    return Promise.resolve(one as StoredBackground);
  });
  const [first] = named;
  if (first === undefined) return {};
  const { stored, pointer } = first;
  const version = await datasets.find(tenant, stored.dataset, stored.version);
  const rows =
    version?.sha256 === stored.sha256 ? await pickRows(datasets, tenant, version, drawRows(version.rows, stored.rows, stored.seed)) : null;
  if (rows === null)
    throw new RunFailure({
      code: 'DATASET_GONE',
      detail: `version ${stored.version} of the data set ${JSON.stringify(stored.dataset)} was deleted`,
      pointer: `${pointer}/dataset`,
    });
  try {
    const given = rows.map((row) => ('features' in row ? row.features : {}));
    return { background: tabulateRows(given, features, `${pointer}/rows`) };
  } catch (error) {
    // Rows that no model typed, or another version's manifest: what is wrong shows only now.
    if (error instanceof ExplainProblem)
      throw new RunFailure({ code: problemCodeOf(error.code), detail: error.detail, pointer: error.pointer, remedy: error.remedy });
    throw error;
  }
}

/** Reads rows together along the borders that full blocks have. @returns null where the version was deleted meanwhile */
async function pickRows(
  datasets: DatasetReader,
  tenant: string,
  version: DatasetVersion,
  wanted: readonly number[],
): Promise<readonly DatasetRow[] | null> {
  const picked: DatasetRow[] = [];
  for (let next = 0; next < wanted.length;) {
    const from = wanted[next] ?? 0;
    const end = from - (from % BLOCK_ROWS) + BLOCK_ROWS;
    const near = wanted.slice(next).filter((row) => row < end);
    const rows = await datasets.readRows(tenant, version.id, from, (near.at(-1) ?? from) + 1);
    if (rows === null) return null;
    for (const row of near) {
      const found = rows[row - from];
      if (found === undefined) throw new RangeError(`row ${row} of ${version.name} is missing`);
      picked.push(found);
    }
    next += near.length;
  }
  return picked;
}

async function replaceBackgrounds(
  value: unknown,
  pointer: string,
  replace: (asked: AskedBackground, pointer: string) => Promise<StoredBackground>,
): Promise<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = await Promise.all(
    Object.entries(value).map(async ([name, member]: [string, unknown]) => {
      const at = `${pointer}/${name}`;
      return [
        name,
        name === 'background' && isAsked(member) ? await replace(member, at) : await replaceBackgrounds(member, at, replace),
      ] as const;
    }),
  );
  return Object.fromEntries(members);
}

// The methods' schemas have parsed it: what has a data set has the rest.
function isAsked(value: unknown): value is AskedBackground {
  return typeof value === 'object' && value !== null && 'dataset' in value;
}
