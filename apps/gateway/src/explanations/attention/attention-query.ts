import { themes } from '#figures';
import { z } from 'zod';
import type { QueryShape } from '../../http/query/query-shape.js';
import { index } from '../../http/query/query-values.js';

export const attentionFigures = ['matrix', 'arcs'] as const;

/** What of the attention of an explanation is shown, and how. */
export const attentionQuery = {
  parameters: z.object({
    layer: index('The layer, by its number in the model. May be left out where the explanation has one.'),
    head: index('The head, by its number. Absent: all heads; a picture shows their mean.'),
    step: index('Of a generation: the generated token whose row is shown, from 0. Absent: all of them.'),
    format: z.enum(['json', 'npy', 'svg']).default('json').meta({ description: 'npy: a NumPy file of float32. svg: a picture.' }),
    figure: z.enum(attentionFigures).optional().meta({ description: 'Of svg: a matrix (the default), or arcs between the tokens.' }),
    theme: z.enum(themes).optional().meta({ description: 'Of svg: auto (the default) follows the system of the reader.' }),
  }),
  takesLabels: false,
} satisfies QueryShape;

/** The part that is asked for, whatever its form. */
export type AttentionQuestion = Pick<AttentionChoice, 'layer' | 'head' | 'step'>;

export type AttentionChoice = z.output<typeof attentionQuery.parameters>;
