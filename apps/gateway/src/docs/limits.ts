import { datasetLimits } from '#datasets';
import { datasetUploadLimits } from '../datasets/dataset-limits.js';
import { imageLimits } from '#imaging';
import { MAX_INDEXED_WORDS, MAX_QUERY_WORDS } from '#history';
import { uploadLimits } from '../models/upload/part-rules.js';
import { MAX_BATCH_ITEMS } from '#jobs';
import { defaultRates } from '#platform';
import {
  BATCH_BODY_BYTES,
  DEFAULT_PAGE_SIZE,
  gatewayLimits,
  MAX_JSON_DEPTH,
  MAX_PAGE_SIZE,
  MAX_WAIT_SECONDS,
  PICTURE_BODY_BYTES,
} from '../http/gateway-limits.js';

const count = (number: number) => number.toLocaleString('en');

/** What a request may cost, for people. */
export const limits = [
  { name: 'Body of a request', value: `${count(gatewayLimits.bodyBytes)} bytes, then 413` },
  { name: 'Body of a job with a picture', value: `${count(PICTURE_BODY_BYTES)} bytes, the rest of it as above, then 413` },
  { name: 'Picture', value: `${count(imageLimits.encodedBytes)} bytes and ${count(imageLimits.pixels)} pixels, PNG or JPEG` },
  { name: 'Batch', value: `${count(MAX_BATCH_ITEMS)} items, ${count(BATCH_BODY_BYTES)} bytes` },
  { name: 'Nesting of a body', value: `${MAX_JSON_DEPTH} levels` },
  { name: 'Time for the headers', value: `${gatewayLimits.headersTimeoutMs / 1000} s, then 408` },
  { name: 'Time for the body', value: `${gatewayLimits.bodyTimeoutMs / 1000} s, then 408` },
  { name: 'Upload of a model', value: `${count(uploadLimits.totalBytes)} bytes in ${count(uploadLimits.parts)} parts, then 413` },
  {
    name: 'Upload of a data set',
    value: `${count(datasetUploadLimits.totalBytes)} bytes, ${count(datasetLimits.expandedBytes)} decompressed, then 413`,
  },
  {
    name: 'Uploads of data sets',
    value: `${gatewayLimits.datasetUploads} at once per process, ${gatewayLimits.datasetUploadsOfTenant} of one tenant, then 503`,
  },
  {
    name: 'Rows of a data set',
    value: `${count(datasetLimits.rows)} of at most ${count(datasetLimits.columns)} columns and ${count(datasetLimits.rowBytes)} bytes`,
  },
  {
    name: 'Time for an upload',
    value: `${gatewayLimits.uploadTimeoutMs / 1000} s, and ${gatewayLimits.uploadIdleMs / 1000} s for each ${count(gatewayLimits.uploadLeastBytes)} bytes, then 408`,
  },
  { name: 'Address and headers together', value: `${count(gatewayLimits.headerBytes)} bytes, then 431` },
  { name: 'Streams of events', value: `${count(gatewayLimits.eventStreams)} at once per process, then 503` },
  {
    name: 'Requests of one key',
    value: `${defaultRates.perSecond} a second and ${defaultRates.burst} more in any ten seconds, then 429; settings change it`,
  },
  { name: 'Prefer: wait', value: `${MAX_WAIT_SECONDS} s` },
  { name: 'Page', value: `${DEFAULT_PAGE_SIZE} items, at most ${MAX_PAGE_SIZE}` },
  { name: 'Labels', value: '32, keys of at most 64 characters, values of at most 256' },
  {
    name: 'Full text',
    value: `${MAX_QUERY_WORDS} words in a query; an input is found by its first ${count(MAX_INDEXED_WORDS)} distinct words, and \`searchable\` says so`,
  },
  { name: 'Integers', value: 'from -(2^53 - 1) to 2^53 - 1' },
] as const;
