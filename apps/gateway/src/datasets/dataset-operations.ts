import { z } from 'zod';
import { DEFAULT_PAGE_SIZE } from '../http/gateway-limits.js';
import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { onePage } from '../http/query/one-page.js';
import { pageQuery } from '../http/query/page-query.js';
import { pageSchema } from '../http/query/page-schema.js';
import type { QueryShape } from '../http/query/query-shape.js';
import { datasetDeletionSchema, datasetSchema, datasetVersionSchema } from './dataset-answers.js';

const tag = 'datasets';
const path = { dataset: 'Name of the data set.' };

export const deleteDatasetQuery = {
  parameters: z.object({
    force: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: '`true`: also when explanations could then no longer be run again. The audit log says so.' }),
  }),
  takesLabels: false,
} satisfies QueryShape;

const form =
  'Fields `name` (1 to 64 letters, digits and . _ -) and, each where wanted, `model` (the model whose columns and classes the rows have), `label` (the column that ' +
  'holds the labels), `textColumn` (the column of the texts: the rows are a text data set), `version` (the next whole number without it). One file part called ' +
  '`rows.csv`, `rows.csv.gz`, `rows.ndjson`, `rows.ndjson.gz` or `rows.parquet`. `Repr-Digest` or `Content-Digest` with sha-256 (RFC 9530), of the body or of the ' +
  'part, is checked where sent.';

export const uploadDatasetOperation: Operation = {
  id: 'uploadDataset',
  method: 'POST',
  route: '/v1/datasets',
  tag,
  scope: 'models',
  query: noQuery,
  summary: 'Bring a data set',
  about:
    'All rows are read, typed and stored, or none. With `model`, columns, categories and labels are held against its manifest: up to 50 faults are told at once, each ' +
    'with row (counted from 1), column and value. Without, a column is numeric when all its cells are numbers, else text.',
  requestHeaders: { 'Repr-Digest': 'sha-256 of the body (RFC 9530).', 'Content-Digest': 'The same; there is no Content-Encoding.' },
  body: { media: 'multipart/form-data', about: form },
  answers: { 201: { about: 'The stored version.', schema: datasetVersionSchema, headers: { Location: 'Address of the data set.' } } },
  problems: [
    'UPLOADS_EXHAUSTED',
    'DATASET_UNREADABLE',
    'DATASET_INVALID',
    'DATASET_TOO_LARGE',
    'RESOURCE_LIMIT',
    'CONFLICT',
    'COLUMN_UNKNOWN',
    'COLUMN_MISSING',
    'COLUMN_TYPE',
    'CATEGORY_UNKNOWN',
    'CLASS_UNKNOWN',
    'TEXT_INVALID',
    'PARAM_INVALID',
    'MODEL_NOT_ACTIVE',
    { code: 'MODEL_UNKNOWN', status: 422 },
    { code: 'ALIAS_UNKNOWN', status: 422 },
  ],
};

export const listDatasetsOperation: Operation = {
  id: 'listDatasets',
  method: 'GET',
  route: '/v1/datasets',
  tag,
  scope: 'read',
  query: pageQuery,
  summary: 'Data sets, newest first',
  about: `A page has ${DEFAULT_PAGE_SIZE} data sets unless \`pageSize\` says otherwise.`,
  answers: onePage(pageSchema('DatasetPage', datasetSchema)),
};

export const getDatasetOperation: Operation = {
  id: 'getDataset',
  method: 'GET',
  route: '/v1/datasets/:dataset',
  tag,
  scope: 'read',
  query: noQuery,
  summary: 'One data set with its versions',
  path,
  answers: { 200: { about: 'The data set.', schema: datasetSchema } },
  problems: ['DATASET_UNKNOWN'],
};

export const deleteDatasetOperation: Operation = {
  id: 'deleteDataset',
  method: 'DELETE',
  route: '/v1/datasets/:dataset',
  tag,
  scope: 'admin',
  query: deleteDatasetQuery,
  summary: 'Delete a data set',
  about:
    'Destroys the keys and the rows of all its versions. Refused while unfinished jobs or explanations need the rows, unless `force` is true.',
  path,
  answers: { 200: { about: 'It is gone.', schema: datasetDeletionSchema } },
  problems: ['DATASET_UNKNOWN', 'DATASET_IN_USE'],
};
