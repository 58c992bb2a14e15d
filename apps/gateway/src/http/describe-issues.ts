import { nameChoices, quote } from '#explainers';
import type { ProblemCode, ProblemDetail } from '#platform';
import { z } from 'zod';
import { MAX_ERRORS } from './gateway-limits.js';
import { jsonPointer } from './json-pointer.js';

type Issue = z.core.$ZodIssue;

/** For each list of members that do not exist, those that do. Zod copies the list into its issue, and drops the schema. */
const existing = new WeakMap<readonly string[], readonly string[]>();

/** How a schema has to be applied for `describeIssues`. */
export const issueOptions = {
  reportInput: true,
  error(issue: z.core.$ZodRawIssue): undefined {
    if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) existing.set(issue.keys, Object.keys(issue.inst.shape));
  },
};

/** What is wrong with a body, in words a person understands. Expects issues made with `issueOptions`. */
export function describeIssues(issues: readonly Issue[], base: readonly PropertyKey[] = []): ProblemDetail[] {
  return issues.flatMap((issue) => describe(issue, [...base, ...issue.path]));
}

function describe(issue: Issue, path: readonly PropertyKey[]): ProblemDetail[] {
  const at = (detail: string, code: ProblemCode = 'SCHEMA_VIOLATION') => [{ pointer: jsonPointer(path), code, detail }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key, at) => ({
        pointer: jsonPointer([...path, key]),
        code: 'FIELD_UNKNOWN',
        detail: noMember(key, at < MAX_ERRORS ? existing.get(issue.keys) : undefined),
      }));
    case 'invalid_type':
      return at(issue.input === undefined ? 'is required' : `must be ${typeName(issue.expected)}; it is ${quote(issue.input)}`);
    case 'invalid_value':
      return at(issue.input === undefined ? 'is required' : `must be ${oneOf(issue.values)}; it is ${quote(issue.input)}`);
    case 'too_small':
      return at(`must ${bound('at least', issue.origin, issue.minimum, issue.inclusive)}`);
    case 'too_big':
      return at(`must ${bound('at most', issue.origin, issue.maximum, issue.inclusive)}`);
    case 'not_multiple_of':
      return at(`must be a multiple of ${issue.divisor}`);
    case 'invalid_format':
      return at(`must have the format ${issue.format}`);
    case 'invalid_key':
    case 'invalid_element':
      return describeIssues(issue.issues, path);
    case 'invalid_union':
      return describeUnion(issue, path);
    default:
      return at(issue.message);
  }
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): ProblemDetail[] {
  const pointer = jsonPointer(path);
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  if (issue.errors.length === 0) {
    const given =
      typeof issue.input === 'object' && issue.input !== null && issue.discriminator !== undefined
        ? (issue.input as Readonly<Record<string, unknown>>)[issue.discriminator]
        : undefined;
    const detail =
      given === undefined ? `is required: one of ${options.join(', ')}` : `must be one of ${options.join(', ')}; it is ${quote(given)}`;
    return [{ pointer, code: issue.discriminator === 'method' && given !== undefined ? 'METHOD_UNKNOWN' : 'SCHEMA_VIOLATION', detail }];
  }
  const fitting = issue.errors.filter((errors) => !errors.some(isOfOtherType));
  if (fitting.length === 0) {
    const detail = issue.input === undefined ? 'is required' : `must be ${listTypes(issue.errors.flat())}; it is ${quote(issue.input)}`;
    return [{ pointer, code: 'SCHEMA_VIOLATION', detail }];
  }
  // The form that was meant is the one of this type whose members are there.
  const meant = fitting.length === 1 ? fitting : fitting.filter((errors) => !errors.some(isMissingMember));
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0) return describeIssues(only, path);
  const strangers = meant.map((errors) =>
    errors.filter((one) => one.code === 'unrecognized_keys').filter(({ path: at }) => at.length === 0),
  );
  const surplus = strangers.map((errors) => errors.flatMap(({ keys }) => keys));
  if (meant.length > 1 && meant.every((errors, form) => errors.length === 1 && (surplus[form] ?? []).length > 0)) {
    const known = strangers.flat().flatMap(({ keys }) => existing.get(keys) ?? []);
    return describeSurplus(surplus, [...new Set(known)], path);
  }
  // Or else the one that fits furthest down.
  const depths = meant.map((errors) => Math.max(...errors.map((one) => one.path.length)));
  const deepest = meant.filter((_, form) => depths[form] === Math.max(...depths));
  if (deepest.length === 1 && deepest[0] !== undefined) return describeIssues(deepest[0], path);
  // Or those that have every member which is there.
  const knowing = fitting.filter((errors) => !errors.some((one) => one.code === 'unrecognized_keys' && one.path.length === 0));
  const given = knowing.length === 0 ? [] : Object.keys(issue.input ?? {});
  const forms = [
    ...new Set(
      (knowing.length === 0 ? fitting : knowing).map((errors) =>
        errors
          .filter(isMissingMember)
          .map((one) => quote(one.path.join('.')))
          .join(' and '),
      ),
    ),
  ].filter((form) => form !== '');
  return [
    {
      pointer,
      code: 'SCHEMA_VIOLATION',
      detail:
        forms.length === 0
          ? 'has none of the forms of the schema'
          : `must hold ${forms.join(' or ')}${given.length === 0 ? '' : ` beside ${given.map(quote).join(' and ')}`}`,
    },
  ];
}

/**
 * @param surplus for each form that was meant, the members that it does not have
 * @param known members of any of them
 */
function describeSurplus(surplus: readonly (readonly string[])[], known: readonly string[], path: readonly PropertyKey[]): ProblemDetail[] {
  const all = [...new Set(surplus.flat())];
  const unknown = all.filter((key) => surplus.every((keys) => keys.includes(key)));
  if (unknown.length > 0)
    return unknown.map((key) => ({
      pointer: jsonPointer([...path, key]),
      code: 'FIELD_UNKNOWN',
      detail: noMember(key, known),
    }));
  const detail = `${all.map(quote).join(' and ')} do not go together: send one of them`;
  return [{ pointer: jsonPointer(path), code: 'SCHEMA_VIOLATION', detail }];
}

function noMember(key: string, known: readonly string[] | undefined): string {
  const there = known === undefined ? '' : known.length === 0 ? ', and no other' : `; there are ${nameChoices(key, known)}`;
  return `there is no member ${quote(key)}${there}`;
}

/** A member of the value itself, not of what is in it. */
function isMissingMember(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.input === undefined && issue.path.length === 1;
}

/** Whether it says that the value itself is of another type. */
function isOfOtherType(issue: Issue): boolean {
  return (issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.path.length === 0;
}

/** All types that the issues ask for, in words. */
function listTypes(issues: readonly Issue[]): string {
  const types = issues.filter(isOfOtherType).flatMap((one): string[] => {
    if (one.code === 'invalid_type') return [typeName(one.expected)];
    return one.code === 'invalid_value' ? one.values.map(String) : [];
  });
  const all = [...new Set(types)];
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
};

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

function oneOf(values: readonly unknown[]): string {
  const names = values.map((value) => (typeof value === 'string' ? value : String(value)));
  return names.length === 1 ? (names[0] ?? '') : `one of ${names.join(', ')}`;
}

function bound(side: 'at least' | 'at most', origin: string, limit: number | bigint, inclusive: boolean | undefined): string {
  const value = `${inclusive === false ? (side === 'at least' ? 'more than' : 'less than') : side} ${limit}`;
  const many = (noun: string) => `have ${value} ${noun}${Number(limit) === 1 ? '' : 's'}`;
  if (origin === 'string') return many('character');
  if (origin === 'array' || origin === 'set' || origin === 'map') return many('item');
  if (origin === 'object' || origin === 'record') return many('member');
  return `be ${value}`;
}
