import { z } from 'zod';
import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { onePage } from '../http/query/one-page.js';
import { pageSchema } from '../http/query/page-schema.js';
import { explanationSchema, explanationSummarySchema } from './explanation-answer.js';
import { attributionQuery, explanationQuery, representationQuery, tensorQuery } from './explanation-queries.js';
import { warningSchema } from './explanation-parts.js';
import { rankedSchema } from './rank-attributions.js';

const path = { id: 'Id of the explanation.' };
const etag = { ETag: 'The result hash, quoted.' };
const shown = {
  Link: '`rel="related"`, of a picture of attention: the head that is shown, by itself; other layers and heads are there too.',
  ETag: 'Quoted: the result hash for JSON, another tag for each other form.',
  Vary: 'Accept.',
};
const problems = ['NOT_FOUND', 'PAYLOAD_ERASED'] as const;

/** Numbers that a JSON answer holds at most. */
export const MAX_JSON_NUMBERS = 1_000_000;

export const tensorSchema = z
  .object({ name: z.string(), shape: z.array(z.int()), dtype: z.string(), values: z.array(z.number()).meta({ description: 'Row-major.' }) })
  .meta({ id: 'Tensor' });

const explanationPageSchema = pageSchema('ExplanationPage', explanationSummarySchema)
  .extend({
    warnings: z
      .array(warningSchema)
      .optional()
      .meta({ description: 'With `q`: what a reader must know of a search that may have missed something.' }),
  })
  .meta({ id: 'ExplanationPage' });

export const listExplanationsOperation: Operation = {
  id: 'listExplanations',
  method: 'GET',
  route: '/v1/explanations',
  tag: 'explanations',
  scope: 'read',
  summary: 'The history of explanations, newest first',
  about: 'Filters are compared literally and must all hold.',
  query: explanationQuery,
  answers: onePage(explanationPageSchema),
};

export const deleteExplanationOperation: Operation = {
  id: 'deleteExplanation',
  method: 'DELETE',
  route: '/v1/explanations/:id',
  tag: 'explanations',
  scope: 'admin',
  summary: 'Destroy the payload of an explanation',
  about:
    'Destroys input, result, tensors and the words it is found by, and the key of its subject unless other data rest under it. The record stays in lists and ' +
    'in the audit log; reading it answers 410. Doing it again changes nothing. What is destroyed cannot be brought back.',
  query: noQuery,
  path,
  answers: { 204: { about: 'The payload is gone.' } },
  problems: ['NOT_FOUND'],
};

export const getExplanationOperation: Operation = {
  id: 'getExplanation',
  method: 'GET',
  route: '/v1/explanations/:id',
  tag: 'explanations',
  scope: 'read',
  summary: 'One explanation, as JSON, as a page or as a picture',
  about:
    'Accept chooses between application/json (the default), text/html (one page that loads nothing, with figures and every number), ' +
    'image/svg+xml (one figure) and image/png (of a picture: the map of a target over it). Of the method attention the figure is of one head: the one with the largest share of attention that goes ' +
    'neither to the first token nor to separators, nor to the token that looks or the one before it, times how far its entropy lies below the largest; after a prompt, ' +
    'what it looked at when the last token that has a text was chosen.',
  query: representationQuery,
  path,
  requestHeaders: { 'If-None-Match': 'An ETag: the answer is 304 when it is still the one.' },
  answers: {
    200: {
      about: 'The explanation. It never changes.',
      schema: explanationSchema,
      media: ['text/html', 'image/svg+xml', 'image/png'],
      headers: shown,
    },
    304: { about: 'You have it already.', headers: shown },
  },
  problems: [...problems, 'NOT_ACCEPTABLE', 'READS_EXHAUSTED'],
};

export const rankOperation: Operation = {
  id: 'rankAttributions',
  method: 'GET',
  route: '/v1/explanations/:id/attributions',
  tag: 'explanations',
  scope: 'read',
  summary: 'The features that matter most',
  about: 'Per target, the features sorted by the absolute value of their attributions.',
  query: attributionQuery,
  path,
  answers: { 200: { about: 'The ranking.', schema: rankedSchema } },
  problems,
};

export const canonicalOperation: Operation = {
  id: 'getCanonical',
  method: 'GET',
  route: '/v1/explanations/:id/canonical',
  tag: 'explanations',
  scope: 'read',
  summary: 'The bytes under the result hash',
  about: 'Canonical JSON (RFC 8785), byte for byte as it was hashed: `sha256sum` of the answer is `resultHash`.',
  query: noQuery,
  path,
  answers: {
    200: { about: 'The document.', media: ['application/json'], headers: { ...etag, 'Repr-Digest': 'The hash once more, RFC 9530.' } },
  },
  problems,
};

export const tensorOperation: Operation = {
  id: 'getTensor',
  method: 'GET',
  route: '/v1/explanations/:id/tensors/:name',
  tag: 'explanations',
  scope: 'read',
  summary: 'A whole tensor of an explanation',
  about: `JSON holds at most ${MAX_JSON_NUMBERS.toLocaleString('en')} numbers.`,
  query: tensorQuery,
  path: { ...path, name: 'Name of the tensor, as `tensors` of the explanation lists it.' },
  answers: { 200: { about: 'The numbers.', schema: tensorSchema, media: ['application/octet-stream'] } },
  problems: [...problems, 'READS_EXHAUSTED'],
};
