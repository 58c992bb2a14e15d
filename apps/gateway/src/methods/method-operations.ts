import { families, tasks } from '#explainers';
import { z } from 'zod';
import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { pageSchema } from '../http/query/page-schema.js';

const methodSchema = z
  .object({
    id: z.string(),
    family: z.enum(families).meta({ description: 'The worker app that runs it.' }),
    about: z.string(),
    tasks: z.array(z.enum(tasks)).meta({ description: 'The kinds of models it explains.' }),
    params: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of `params`, every default included.' }),
  })
  .meta({ id: 'Method' });

export const listMethodsOperation: Operation = {
  id: 'listMethods',
  method: 'GET',
  route: '/v1/methods',
  tag: 'methods',
  scope: 'read',
  summary: 'The explanation methods of this installation',
  query: noQuery,
  answers: { 200: { about: 'All methods on one page.', schema: pageSchema('MethodPage', methodSchema) } },
};
