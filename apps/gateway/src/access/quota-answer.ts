import type { QuotaState } from '#access';
import { z } from 'zod';
import { tenantName } from './key-request.js';

export const quotaSchema = z
  .object({
    tenant: z.string(),
    modelRowsPerDay: z.int().nullable().meta({ description: 'Rows through models that jobs may use in a day; null: no quota.' }),
    isOwn: z.boolean().meta({ description: 'Whether it was set for this tenant; otherwise it is the one of the settings.' }),
    day: z.iso.date().meta({ description: 'UTC.' }),
    usedModelRows: z.int().meta({
      description: 'Rows used since that day began: of finished jobs, and of failed and cancelled ones as far as they had reported.',
    }),
    resetsAt: z.iso.datetime(),
  })
  .meta({ id: 'Quota' });

export const quotaRequestSchema = z
  .strictObject({
    tenant: tenantName.optional().meta({ description: 'The tenant; the one of the key where absent.' }),
    modelRowsPerDay: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Rows through models a day. 0: no jobs at all. Null: the quota of the settings.' }),
  })
  .meta({ id: 'QuotaRequest' });

export type QuotaAnswer = z.output<typeof quotaSchema>;

export function toQuotaAnswer(tenant: string, state: QuotaState): QuotaAnswer {
  const { modelRowsPerDay, isOwn, day, modelRows, resetsAt } = state;
  return { tenant, modelRowsPerDay, isOwn, day, usedModelRows: modelRows, resetsAt: resetsAt.toISOString() };
}
