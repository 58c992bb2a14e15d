import { themes } from '#figures';
import { MAX_QUERY_WORDS } from '#history';
import { z } from 'zod';
import type { QueryShape } from '../http/query/query-shape.js';
import { index, instant, literalText, paging, positiveInteger, unitNumber } from '../http/query/query-values.js';
import { representations, type Representation } from './choose-representation.js';
import { figureNames } from './draw-explanation.js';

/** Filters of GET /v1/explanations. */
export const explanationQuery = {
  parameters: z.object({
    model: literalText('Explanations of this model.'),
    version: literalText('Of this version of the model.'),
    method: literalText('Made by this method.'),
    actor: literalText('Asked for by this actor.'),
    predictedClass: literalText('Whose model answered this class.'),
    minConfidence: unitNumber('With at least this probability of the predicted class.'),
    q: literalText(
      `With all of these words in the input, or in what a language model went on with; at most ${MAX_QUERY_WORDS}. There are no operators.`,
    ),
    createdAfter: instant('Made after this moment.'),
    createdBefore: instant('Made before this moment.'),
    ...paging,
  }),
  takesLabels: true,
} satisfies QueryShape;

/** How GET /v1/explanations/{id} shows an explanation. */
export const representationQuery = {
  parameters: z.object({
    format: z
      .enum(Object.keys(representations) as Representation[])
      .optional()
      .meta({ description: 'The form, for links that cannot send Accept. Without it Accept decides.' }),
    target: index(
      'Of html, svg and png: the number of the target, from 0. Absent: svg and png show the first, html all of them. Refused where the explanation has no targets.',
    ),
    theme: z.enum(themes).optional().meta({ description: 'Of html and svg: auto (the default) follows the system of the reader.' }),
    figure: z.enum(figureNames).optional().meta({
      description:
        'Of svg. Of one input: its text with the words coloured, or bars. Of a data set: importance, beeswarm or words. Of an attention rollout: rollout. Of attention: a matrix, or arcs between the tokens. Absent: the first of these that the explanation has.',
    }),
  }),
  takesLabels: false,
} satisfies QueryShape;

export const attributionQuery = {
  parameters: z.object({ topK: positiveInteger('Features per target; all where absent.') }),
  takesLabels: false,
} satisfies QueryShape;

export const tensorQuery = {
  parameters: z.object({
    format: z.enum(['npy', 'json']).default('npy').meta({ description: 'npy: a NumPy file. json: shape and numbers, row-major.' }),
  }),
  takesLabels: false,
} satisfies QueryShape;
