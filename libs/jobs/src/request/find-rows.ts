import type { DatasetVersion } from '#catalog';
import type { DatasetInput } from '#explainers';
import { refuseField } from '#platform';
import type { DatasetReader } from '../data/dataset-reader.js';

/**
 * The version of the data set that a request means, and its rows as numbers.
 *
 * @throws ProblemError DATASET_UNKNOWN, ROWS_OUT_OF_RANGE with the pointer
 */
export async function findRows(
  datasets: DatasetReader,
  tenant: string,
  asked: { readonly dataset: string; readonly version?: string | undefined; readonly rows?: readonly [number, number] | undefined },
): Promise<{ readonly dataset: DatasetVersion; readonly input: DatasetInput }> {
  const dataset = await datasets.find(tenant, asked.dataset, asked.version);
  if (dataset === null) {
    const named =
      asked.version === undefined
        ? JSON.stringify(asked.dataset)
        : `${JSON.stringify(asked.dataset)} version ${JSON.stringify(asked.version)}`;
    throw refuseField(
      'DATASET_UNKNOWN',
      asked.version === undefined ? '/input/dataset' : '/input/version',
      `there is no data set ${named}`,
      null,
    );
  }
  const [from, to] = asked.rows ?? [0, dataset.rows];
  if (from >= to || to > dataset.rows) {
    const detail = `rows ${from} to ${to} of ${asked.dataset}, which has ${dataset.rows}`;
    throw refuseField('ROWS_OUT_OF_RANGE', '/input/rows', detail, `Give [from, to) with 0 <= from < to <= ${dataset.rows}.`);
  }
  return { dataset, input: { dataset: dataset.name, version: dataset.version, sha256: dataset.sha256, rows: [from, to] } };
}
