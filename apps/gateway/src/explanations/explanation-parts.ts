import { targetSpaces } from '#explainers';
import { z } from 'zod';

const span = z.tuple([z.int(), z.int()]).meta({ id: 'Span', description: 'Half-open range of UTF-16 code units in the input text.' });

const textFeature = z
  .object({ text: z.string(), span, tokens: z.array(z.int()).meta({ description: 'Indices of its tokens in the encoding.' }) })
  .meta({ id: 'TextFeature', description: 'A piece of the text.' });

const columnFeature = z
  .object({
    name: z.string(),
    value: z.union([z.string(), z.number()]).nullable().meta({ description: 'Category or number; null for a group.' }),
    columns: z.array(z.string()).optional().meta({ description: 'Members of a group.' }),
  })
  .meta({ id: 'ColumnFeature', description: 'A column, or a group of columns.' });

const spanGroupFeature = z
  .object({ name: z.string(), spans: z.array(span), tokens: z.array(z.int()) })
  .meta({ id: 'SpanGroupFeature', description: 'A group of pieces of the text, named by the caller.' });

const range = z.tuple([z.int(), z.int()]).meta({ description: 'Half-open range, counted from 0.' });

const regionFeature = z
  .object({ name: z.string(), rows: range, columns: range })
  .meta({ id: 'RegionFeature', description: 'A rectangle of the picture as the model reads it, in pixels after resizing.' });

export const featureSchema = z
  .union([textFeature, columnFeature, spanGroupFeature, regionFeature])
  .meta({ id: 'Feature', description: 'A player of the game that was played.' });

export const warningSchema = z
  .object({ code: z.string(), message: z.string().meta({ description: 'A sentence for a person, with what to do.' }) })
  .meta({ id: 'Warning' });

export const predictionSchema = z
  .union([
    z.object({ label: z.string(), probability: z.number() }),
    z.object({ value: z.number(), class: z.string().optional().meta({ description: 'For a model that answers with margins.' }) }),
  ])
  .meta({ id: 'Prediction', description: 'One class of the answer of the model, or the value of a regression.' });

export const targetResultSchema = z
  .object({
    class: z.string().nullable().meta({ description: 'Null for regression.' }),
    index: z.int().nullable(),
    against: z.object({ class: z.string(), index: z.int() }).optional().meta({ description: 'The class subtracted, for a contrast.' }),
    space: z.enum(targetSpaces),
    score: z.number(),
    baseScore: z.number().nullable().meta({
      description:
        'The score when every feature is absent; for lime the intercept of the surrogate. Null where the numbers add up to nothing, as gradients do.',
    }),
    completenessGap: z
      .number()
      .nullable()
      .meta({ description: 'score - baseScore - sum of the attributions; null where there is no base.' }),
  })
  .meta({ id: 'TargetResult', description: 'Which number was explained, and what it was.' });

export const unexplainedSchema = z.array(span).meta({ description: 'Parts of the text that the model could not see.' });
