import { problemCodes } from '#platform';
import { z } from 'zod';

const code = z
  .enum(problemCodes)
  .meta({ id: 'ProblemCode', description: 'Programs branch on this. Each code is explained under /docs/problems.' });

export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Where the code is explained, relative to this server.', format: 'uri-reference' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened this time, for a person.' }),
    instance: z.string().nullable(),
    code,
    requestId: z.string().nullable().meta({ description: 'Under this id the log of the platform speaks of the request.' }),
    retryable: z.boolean().meta({ description: 'Whether the same request may succeed later.' }),
    remedy: z.string().meta({ description: 'What to do.' }),
    errors: z.array(
      z.object({ pointer: z.string().meta({ description: 'RFC 6901, into the body of the request.' }), code, detail: z.string() }),
    ),
  })
  .meta({ id: 'Problem', description: 'A problem document, RFC 9457.' });
