import { reservedActors, scopes } from '#access';
import { z } from 'zod';

const printable = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .regex(/^[^\p{C}]*$/u, 'must not hold control characters or halves of surrogate pairs');

export const tenantName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9, ".", "_" and "-", starting with a letter or a digit');

/** The body of POST /v1/api-keys. */
export const apiKeyRequestSchema = z
  .strictObject({
    name: printable(128).meta({ description: 'What you call the key.' }),
    actor: printable(128)
      .refine((actor) => !reservedActors.includes(actor), `must be none of ${reservedActors.join(', ')}`)
      .optional()
      .meta({ description: 'The name that everything done with the key is recorded under; its `name` where absent.' }),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .max(scopes.length)
      .refine((list) => new Set(list).size === list.length, 'names a scope twice')
      .meta({ description: 'What the key may do. No scope contains another.' }),
    expiresAt: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text))
      .refine((moment) => moment.getUTCFullYear() >= 1 && moment.getUTCFullYear() <= 9999, 'must lie in the years 1 to 9999')
      .nullable()
      .default(null)
      .meta({ description: 'RFC 3339. From then on the key is refused. Null: until it is revoked.' }),
    tenant: tenantName.optional().meta({ description: 'Another tenant, made when it is new. Only the root key may name one.' }),
  })
  .refine((body) => body.actor !== undefined || !reservedActors.includes(body.name), {
    error: `is taken as the actor, and must be none of ${reservedActors.join(', ')}`,
    path: ['name'],
  })
  .meta({ id: 'ApiKeyRequest' });

export type ApiKeyRequest = z.output<typeof apiKeyRequestSchema>;
