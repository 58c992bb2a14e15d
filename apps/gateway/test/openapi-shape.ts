import { z } from 'zod';

// What OpenAPI 3.1.0 allows, section by section (4.8): strict, so that a misspelt field is found. Only the objects that
// this platform writes.
const schema = z.record(z.string(), z.unknown());
const described = { description: z.string().min(1) };

const example = z.strictObject({ summary: z.string().optional(), value: z.unknown() });
const mediaType = z.strictObject({ schema: schema.optional(), examples: z.record(z.string(), example).optional() });
const content = z.record(z.string().regex(/^[a-z]+\/[a-z+.-]+$/), mediaType);
const header = z.strictObject({ ...described, schema });

const parameter = z
  .strictObject({
    name: z.string().min(1),
    in: z.enum(['path', 'query', 'header', 'cookie']),
    ...described,
    required: z.boolean(),
    style: z.enum(['form', 'simple', 'spaceDelimited', 'pipeDelimited', 'deepObject', 'label', 'matrix']).optional(),
    explode: z.boolean().optional(),
    schema,
  })
  .refine((one) => one.in !== 'path' || one.required, 'a parameter of the path is required')
  .refine((one) => one.in !== 'header' || !/^(accept|content-type|authorization)$/i.test(one.name), 'this header is described elsewhere');

const response = z.strictObject({
  ...described,
  headers: z.record(z.string().regex(/^(?!content-type$)/i), header).optional(),
  content: content.optional(),
});

const security = z.array(z.record(z.string(), z.array(z.string())));

const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
  tags: z.array(z.string()).min(1),
  summary: z.string().min(1),
  description: z.string().min(1).optional(),
  parameters: z
    .array(parameter)
    .refine((all) => new Set(all.map((one) => `${one.in} ${one.name}`)).size === all.length, 'a parameter is described twice'),
  requestBody: z.strictObject({ required: z.boolean(), description: z.string().optional(), content }).optional(),
  responses: z
    .record(z.string().regex(/^[1-5]\d\d$|^default$/), response)
    .refine((all) => Object.keys(all).some((status) => status.startsWith('2')), 'no answer that succeeds'),
  security: security.optional(),
});

const verbs = z.enum(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** An OpenAPI document of version 3.1, as far as this platform uses the format. */
export const openApiShape = z
  .strictObject({
    openapi: z.string().regex(/^3\.1\.\d+$/),
    info: z.strictObject({
      title: z.string().min(1),
      version: z.string().min(1),
      summary: z.string().optional(),
      description: z.string().optional(),
      license: z.strictObject({ name: z.string(), identifier: z.string().optional() }).optional(),
    }),
    servers: z.array(z.strictObject({ url: z.string() })),
    security,
    tags: z.array(z.strictObject({ name: z.string(), ...described })),
    paths: z.record(z.string().regex(/^\/(?:[\w.-]+|\{\w+\}|\/)*$/), z.partialRecord(verbs, operation)),
    components: z.strictObject({
      schemas: z.record(z.string().regex(/^[\w.-]+$/), schema),
      securitySchemes: z.record(z.string(), z.strictObject({ type: z.literal('http'), scheme: z.string(), ...described })),
    }),
  })
  .superRefine((document, context) => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map((one) => one.operationId);
    const tags = new Set(document.tags.map((tag) => tag.name));
    const schemes = Object.keys(document.components.securitySchemes);
    if (new Set(ids).size !== ids.length) context.addIssue('two operations have one id');
    if (operations.some((one) => one.tags.some((tag) => !tags.has(tag)))) context.addIssue('a tag is not declared');
    const named = [document.security, ...operations.flatMap((one) => (one.security === undefined ? [] : [one.security]))]
      .flat()
      .flatMap((one) => Object.keys(one));
    if (named.some((name) => !schemes.includes(name))) context.addIssue('a security scheme is not declared');
  });
