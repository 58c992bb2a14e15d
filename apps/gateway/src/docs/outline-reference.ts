import type { Explainer } from '#explainers';
import { z } from 'zod';
import { describeMembers, describeType, type MemberRow } from './describe-schema.js';
import { limits } from './limits.js';
import type { OpenApiDocument, OpenApiOperation, OpenApiResponse } from './openapi/document.js';
import { exampleRequests } from './openapi/example-requests.js';

export interface OperationOutline {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly about: string;
  readonly parameters: readonly (MemberRow & { readonly in: string })[];
  /** Name of the schema of the body. */
  readonly body: string | null;
  readonly answers: readonly { readonly status: string; readonly about: string; readonly type: string }[];
  readonly problems: readonly { readonly status: string; readonly codes: readonly string[] }[];
}

export interface MethodOutline {
  readonly id: string;
  readonly family: string;
  readonly about: string;
  readonly tasks: readonly string[];
  readonly params: readonly MemberRow[];
  /** Bodies of POST /v1/jobs that work with the bundled models. */
  readonly examples: readonly unknown[];
}

/** The reference as data, for the page and for the document in docs/. */
export interface ReferenceOutline {
  readonly groups: readonly { readonly tag: string; readonly about: string; readonly operations: readonly OperationOutline[] }[];
  readonly methods: readonly MethodOutline[];
  readonly schemas: readonly {
    readonly name: string;
    readonly type: string;
    readonly about: string;
    readonly members: readonly MemberRow[];
  }[];
  readonly limits: readonly { readonly name: string; readonly value: string }[];
}

export function outlineReference(openApi: OpenApiDocument, explainers: readonly Explainer[]): ReferenceOutline {
  const all = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ tags: operation.tags, outline: outlineOperation(path, method, operation) })),
  );
  return {
    groups: openApi.tags.map((tag) => ({
      tag: tag.name,
      about: tag.description,
      operations: all.filter((one) => one.tags.includes(tag.name)).map((one) => one.outline),
    })),
    methods: explainers.map(outlineMethod),
    schemas: Object.entries(openApi.components.schemas).map(([name, schema]) => ({
      name,
      type: describeType(schema),
      about: typeof schema['description'] === 'string' ? schema['description'] : '',
      members: describeMembers(schema),
    })),
    limits,
  };
}

function outlineOperation(path: string, method: string, operation: OpenApiOperation): OperationOutline {
  const responses = Object.entries(operation.responses);
  const isProblem = (response: OpenApiResponse) => response.content?.['application/problem+json'] !== undefined;
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    about: operation.description ?? '',
    parameters: operation.parameters.map((parameter) => ({
      in: parameter.in,
      name: parameter.name === 'labels' ? 'label.<key>' : parameter.name,
      type: parameter.name === 'labels' ? 'string' : describeType(parameter.schema),
      required: parameter.required,
      fallback: 'default' in parameter.schema ? JSON.stringify(parameter.schema['default']) : null,
      about: parameter.description ?? '',
    })),
    body: operation.requestBody === undefined ? null : outlineBody(operation.requestBody.content),
    answers: responses
      .filter(([, response]) => !isProblem(response))
      .map(([status, response]) => ({
        status,
        about: response.description,
        type: Object.entries(response.content ?? {})
          .map(([media, { schema }]) => (schema === undefined ? media : describeType(schema)))
          .join(' or '),
      })),
    problems: responses
      .filter(([, response]) => isProblem(response))
      .map(([status, response]) => ({ status, codes: response.description.split('\n').map((line) => line.split(':')[0] ?? '') })),
  };
}

function outlineBody(content: NonNullable<OpenApiOperation['requestBody']>['content']): string {
  return Object.entries(content)
    .map(([media, { schema }]) => (schema === undefined ? media : describeType(schema)))
    .join(' or ');
}

function outlineMethod(explainer: Explainer): MethodOutline {
  const { method, family, about, tasks } = explainer;
  return {
    id: method,
    family,
    about,
    tasks,
    params: describeMembers(z.toJSONSchema(explainer.params, { io: 'input', target: 'draft-2020-12' })),
    examples: Object.values(exampleRequests([explainer])).map((example) => example.value),
  };
}
