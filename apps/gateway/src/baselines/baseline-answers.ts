import type { Baseline } from '#catalog';
import { z } from 'zod';
import { nameSchema } from '../http/names.js';

const features = z.record(z.string(), z.union([z.number(), z.string()]));

export const newBaselineSchema = z
  .strictObject({
    name: nameSchema('Its name'),
    version: nameSchema('Its version').optional().meta({ description: 'The next whole number when left out.' }),
    model: z.string().min(1).max(128).meta({ description: 'A tabular model: the values are held against its columns.' }),
    features: features.meta({ description: 'One value per column of the model. A categorical value by name or by code.' }),
  })
  .meta({ id: 'NewBaseline' });

export const baselineSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    model: z.string(),
    features,
    sha256: z.string().meta({ description: 'Over RFC 8785 JSON of the features.' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Baseline', description: 'A row that stands for absence. A version never changes.' });

export type BaselineAnswer = z.output<typeof baselineSchema>;

export function toBaselineAnswer({ name, version, modelName, features: values, sha256, createdAt }: Baseline): BaselineAnswer {
  return { name, version, model: modelName, features: { ...values }, sha256, createdAt: createdAt.toISOString() };
}
