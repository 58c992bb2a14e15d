import { quote } from '#explainers';
import { ProblemError, type ProblemCode } from '#platform';
import type { z } from 'zod';
import type { QueryShape, QueryValues } from './query-shape.js';

const LABEL = 'label.';
const MOST_LABELS = 32;

/**
 * Reads the query of a URL. Every parameter is one plain value: nothing is nested, repeated or ignored, so that no
 * operator can reach the database.
 *
 * @param url path and query as the client sent them
 * @throws ProblemError FILTER_INVALID or PAGE_SIZE_INVALID
 */
export function readQuery<Shape extends QueryShape>(shape: Shape, url: string): QueryValues<Shape> {
  const given = new Map<string, string>();
  const labels = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length))) {
    const isLabel = shape.takesLabels && name.startsWith(LABEL);
    if (!isLabel && !Object.hasOwn(shape.parameters.shape, name)) throw invalid(`there is no parameter ${quote(name)}`, shape);
    if (given.has(name)) throw invalid(`${quote(name)} is given twice`, shape);
    given.set(name, value);
    if (isLabel) labels.set(name.slice(LABEL.length), value);
  }
  for (const name of labels.keys()) given.delete(LABEL + name);
  checkLabels(labels, shape);
  const parsed = shape.parameters.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw explain(parsed.error, given, shape);
  // Parsed by `shape.parameters`, whose output this is. fromEntries defines own properties, also for __proto__.
  return { ...parsed.data, labels: Object.fromEntries(labels) } as QueryValues<Shape>;
}

function checkLabels(labels: ReadonlyMap<string, string>, shape: QueryShape): void {
  if (labels.size > MOST_LABELS) throw invalid(`there are more than ${MOST_LABELS} labels`, shape);
  for (const [key, value] of labels) {
    const isFine = key !== '' && key.length <= 64 && value.length <= 256 && !`${key}${value}`.includes('\0');
    if (!isFine)
      throw invalid(
        `${quote(LABEL + key)} is no label: a key has 1 to 64 characters, a value at most 256, and neither holds U+0000`,
        shape,
      );
  }
}

function explain(error: z.ZodError, given: ReadonlyMap<string, string>, shape: QueryShape): ProblemError {
  const issue = error.issues[0];
  const name = String(issue?.path[0] ?? '');
  const options =
    issue?.code === 'invalid_value' ? `must be one of ${issue.values.map(String).join(', ')}` : (issue?.message ?? 'cannot be read');
  return invalid(
    `${name} ${options}; it is ${quote(given.get(name))}`,
    shape,
    name === 'pageSize' ? 'PAGE_SIZE_INVALID' : 'FILTER_INVALID',
  );
}

function invalid(detail: string, shape: QueryShape, code: ProblemCode = 'FILTER_INVALID'): ProblemError {
  const known = [...Object.keys(shape.parameters.shape), ...(shape.takesLabels ? [`${LABEL}<key>`] : [])];
  const remedy =
    known.length === 0
      ? 'This route has no parameters.'
      : `The parameters are ${known.join(', ')}; give each at most once, as one plain value.`;
  return new ProblemError(code, { detail, ...(code === 'FILTER_INVALID' ? { remedy } : {}) });
}
