import type { Explainer } from '#explainers';
import { problemCatalog } from '#platform';
import type { z } from 'zod';
import type { AnswerDescription, Operation, OperationBody } from '../../http/operation.js';
import { problemSchema } from '../../http/problem-schema.js';
import type { QueryShape } from '../../http/query/query-shape.js';
import { limits } from '../limits.js';
import type { OpenApiDocument, OpenApiMedia, OpenApiOperation, OpenApiParameter, OpenApiResponse } from './document.js';
import { exampleRequests } from './example-requests.js';
import { problemsOf } from './problems-of.js';
import { SchemaComponents } from './schema-components.js';

const TAGS = {
  jobs: 'Jobs are execution: they wait, run, end.',
  explanations: 'Explanations are records: what a job made, never changed.',
  batches: 'Many jobs of one method, submitted together.',
  models: 'The models that can be explained.',
  datasets: 'Rows to explain or to compare with.',
  methods: 'The ways to explain them.',
  access: 'Who may do what, and who is told.',
  platform: 'The platform itself.',
} as const satisfies Record<Operation['tag'], string>;

/** The OpenAPI 3.1 document of the routes, with the body of POST /v1/jobs made of the registered methods. */
export function buildOpenApi(from: {
  readonly operations: readonly Operation[];
  readonly explainers: readonly Explainer[];
  readonly requestSchema: z.ZodType;
  readonly batchSchema: z.ZodType;
  readonly version: string;
}): OpenApiDocument {
  const schemas = new SchemaComponents();
  schemas.describe(problemSchema, 'output');
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of from.operations) {
    const path = operation.route.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[operation.method.toLowerCase()] = {
      operationId: operation.id,
      tags: [operation.tag],
      summary: operation.summary,
      ...(operation.about === undefined ? {} : { description: operation.about }),
      parameters: [...describePath(operation), ...describeQuery(operation.query, schemas), ...describeHeaders(operation)],
      ...(operation.body === undefined ? {} : { requestBody: describeBody(operation.body, from, schemas) }),
      responses: { ...describeAnswers(operation, schemas), ...describeProblems(operation) },
      ...(operation.scope === null ? { security: [] } : {}),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vitrine',
      version: from.version,
      summary: 'Explains the predictions of ONNX models and keeps every explanation as evidence.',
      description: describeEverywhere(),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, {}],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.list(),
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key. Asked for where VITRINE_ADMIN_KEY is set; checked wherever one is sent.',
        },
      },
    },
  };
}

function describeEverywhere(): string {
  return [
    'Every answer carries X-Request-Id. Every error is a problem document (RFC 9457) with a code of a closed catalogue: see /docs/problems.',
    `Limits:\n${limits.map((limit) => `- ${limit.name}: ${limit.value}`).join('\n')}`,
  ].join('\n\n');
}

function describePath(operation: Operation): OpenApiParameter[] {
  return Object.entries(operation.path ?? {}).map(([name, description]) => ({
    name,
    in: 'path' as const,
    required: true,
    description,
    schema: { type: 'string' },
  }));
}

function describeQuery(query: QueryShape | undefined, schemas: SchemaComponents): OpenApiParameter[] {
  if (query === undefined) return [];
  const plain = Object.entries(query.parameters.shape as Readonly<Record<string, z.ZodType>>).map(([name, schema]) => {
    const { description, ...rest } = schemas.describe(schema, 'input');
    return { name, in: 'query' as const, required: false, ...(typeof description === 'string' ? { description } : {}), schema: rest };
  });
  const labels = {
    name: 'labels',
    in: 'query' as const,
    required: false,
    description: 'One parameter `label.<key>=<value>` per label that must match, such as `label.case=A-17`.',
    style: 'form',
    explode: true,
    schema: { type: 'object', propertyNames: { pattern: '^label\\.' }, additionalProperties: { type: 'string' } },
  };
  return query.takesLabels ? [...plain, labels] : plain;
}

function describeHeaders(operation: Operation): OpenApiParameter[] {
  return Object.entries(operation.requestHeaders ?? {}).map(([name, description]) => ({
    name,
    in: 'header' as const,
    required: false,
    description,
    schema: { type: 'string' },
  }));
}

function describeBody(
  body: OperationBody,
  from: { readonly requestSchema: z.ZodType; readonly batchSchema: z.ZodType; readonly explainers: readonly Explainer[] },
  schemas: SchemaComponents,
): NonNullable<OpenApiOperation['requestBody']> {
  if (body === 'job-request') {
    const schema = schemas.describe(from.requestSchema, 'input');
    return { required: true, content: { 'application/json': { schema, examples: exampleRequests(from.explainers) } } };
  }
  if (body === 'batch-request')
    return { required: true, content: { 'application/json': { schema: schemas.describe(from.batchSchema, 'input') } } };
  if ('schema' in body) return { required: true, content: { 'application/json': { schema: schemas.describe(body.schema, 'input') } } };
  return { required: true, description: body.about, content: { [body.media]: {} } };
}

function describeAnswers(operation: Operation, schemas: SchemaComponents): Record<string, OpenApiResponse> {
  return Object.fromEntries(Object.entries(operation.answers).map(([status, answer]) => [status, describeAnswer(answer, schemas)]));
}

function describeAnswer(answer: AnswerDescription, schemas: SchemaComponents): OpenApiResponse {
  const content: Record<string, OpenApiMedia> = {};
  if (answer.schema !== undefined) content['application/json'] = { schema: schemas.describe(answer.schema, 'output') };
  for (const media of answer.media ?? []) content[media] = {};
  const headers = Object.entries(answer.headers ?? {}).map(
    ([name, description]) => [name, { description, schema: { type: 'string' } }] as const,
  );
  return {
    description: answer.about,
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function describeProblems(operation: Operation): Record<string, OpenApiResponse> {
  const problems = problemsOf(operation);
  const statuses = [...new Set(problems.map((one) => one.status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = problems.filter((one) => one.status === status).map((one) => one.code);
      return [
        String(status),
        {
          description: codes.map((code) => `${code}: ${problemCatalog[code].title}.`).join('\n'),
          ...(status === 503 || status === 429
            ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'string' } } } }
            : {}),
          content: {
            'application/problem+json': {
              schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
            },
          },
        },
      ];
    }),
  );
}
