import { scopes, type ApiKey } from '#access';
import { z } from 'zod';

const moment = z.iso.datetime();

export const apiKeySchema = z
  .object({
    id: z.uuid(),
    tenant: z.string(),
    name: z.string(),
    actor: z.string().meta({ description: 'The name that everything done with this key is recorded under.' }),
    createdBy: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the secret, to tell keys apart.' }),
    scopes: z.array(z.enum(scopes)),
    createdAt: moment,
    expiresAt: moment.nullable(),
    lastUsedAt: moment.nullable().meta({ description: 'To the minute.' }),
    revokedAt: moment.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const newApiKeySchema = apiKeySchema
  .extend({ secret: z.string().meta({ description: 'The key itself. It is shown this once and not stored.' }) })
  .meta({ id: 'NewApiKey' });

export type ApiKeyAnswer = z.output<typeof apiKeySchema>;
export type NewApiKeyAnswer = z.output<typeof newApiKeySchema>;

export function toApiKeyAnswer(key: ApiKey): ApiKeyAnswer {
  return {
    id: key.id,
    tenant: key.tenant,
    name: key.name,
    actor: key.actor,
    createdBy: key.createdBy,
    prefix: key.prefix,
    scopes: [...key.scopes],
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
