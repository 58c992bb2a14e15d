import type { JsonSchema } from './openapi/schema-components.js';

/** A member of an object, as a row of a table for people. */
export interface MemberRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** JSON text of the default; null where there is none. */
  readonly fallback: string | null;
  readonly about: string;
}

/** The members of an object schema; empty for other schemas. */
export function describeMembers(schema: JsonSchema): readonly MemberRow[] {
  const required = new Set(asList(schema['required']));
  return Object.entries(asSchema(schema['properties']) ?? {}).map(([name, member]) => {
    const one = asSchema(member) ?? {};
    return {
      name,
      type: describeType(one),
      required: required.has(name),
      fallback: 'default' in one ? JSON.stringify(one['default']) : null,
      about: typeof one['description'] === 'string' ? one['description'] : '',
    };
  });
}

/** A schema in a few words, such as `integer 1…200` or `"text" | "bytes"`. */
export function describeType(schema: JsonSchema): string {
  if (typeof schema['$ref'] === 'string') return schema['$ref'].split('/').at(-1) ?? '';
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ');
  for (const word of ['anyOf', 'oneOf'])
    if (Array.isArray(schema[word])) return unique(schema[word].map((one) => describeType(asSchema(one) ?? {})));
  if (Array.isArray(schema['type'])) return unique(schema['type'].map((type) => describeType({ ...schema, type })));
  if (schema['type'] === 'array') return describeArray(schema);
  if (schema['type'] === 'object' && schema['properties'] === undefined) {
    const values = asSchema(schema['additionalProperties']);
    return values === null || Object.keys(values).length === 0 ? 'object' : `{ <name>: ${describeType(values)} }`;
  }
  if (schema['type'] === 'object')
    return `{ ${describeMembers(schema)
      .map((member) => member.name)
      .join(', ')} }`;
  return typeof schema['type'] === 'string' ? `${schema['type']}${describeRange(schema)}` : 'any';
}

function describeArray(schema: JsonSchema): string {
  const fixed = schema['prefixItems'];
  if (Array.isArray(fixed)) return `[${fixed.map((one) => describeType(asSchema(one) ?? {})).join(', ')}]`;
  return `[${describeType(asSchema(schema['items']) ?? {})}, …]`;
}

function describeRange(schema: JsonSchema): string {
  const least = showBound(schema['minimum'], '') ?? showBound(schema['exclusiveMinimum'], '>') ?? '';
  const most = showBound(schema['maximum'], '') ?? showBound(schema['exclusiveMaximum'], '<') ?? '';
  if (least === '' && most === '') return typeof schema['format'] === 'string' ? ` (${schema['format']})` : '';
  return ` ${least}…${most}`;
}

function showBound(bound: unknown, sign: string): string | null {
  // Bounds of the integers themselves say nothing.
  return typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? `${sign}${bound}` : null;
}

function asSchema(value: unknown): JsonSchema | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : null;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unique(names: readonly string[]): string {
  return [...new Set(names)].join(' | ');
}
