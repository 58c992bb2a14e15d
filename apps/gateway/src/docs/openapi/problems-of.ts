import { problemCatalog, type ProblemCode } from '#platform';
import { isStreamed, type Operation, type ProblemAnswer } from '../../http/operation.js';

/** Every route can answer with these. */
const ANYWHERE: readonly ProblemCode[] = ['HOST_NOT_ALLOWED', 'ORIGIN_NOT_ALLOWED', 'HEADER_INVALID', 'SHUTTING_DOWN', 'INTERNAL'];
const WITH_DATA: readonly ProblemCode[] = ['UNAUTHENTICATED', 'SCOPE_MISSING', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE'];
const PAGES: readonly ProblemCode[] = ['PAGE_TOKEN_INVALID', 'PAGE_SIZE_INVALID'];
const ANY_BODY: readonly ProblemCode[] = ['BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'REQUEST_TIMEOUT'];
/** What a JSON body can be refused with, whatever it says. */
const JSON_BODY: readonly ProblemCode[] = [
  ...(['MALFORMED_JSON', 'DUPLICATE_KEY', 'NUMBER_OUT_OF_RANGE'] as const),
  ...ANY_BODY,
  ...(['SCHEMA_VIOLATION', 'FIELD_UNKNOWN'] as const),
];
/** What an upload can be refused with before anything in it is understood. */
const FORM: readonly ProblemCode[] = ['MULTIPART_MALFORMED', 'PART_REFUSED', 'DIGEST_MISMATCH', ...ANY_BODY, 'STORAGE_FULL'];

/** What a route can be refused with: its own problems, those of what it reads, and everyone's. */
export function problemsOf(operation: Operation): readonly ProblemAnswer[] {
  const own = (operation.problems ?? []).map((one) => (typeof one === 'string' ? { code: one, status: problemCatalog[one].status } : one));
  const all = [...own, ...sharedProblemsOf(operation).map((code) => ({ code, status: problemCatalog[code].status }))];
  return all.filter((one, index) => all.findIndex((other) => other.code === one.code && other.status === one.status) === index);
}

/** The codes that follow from what a route reads: no route lists them itself. */
export function sharedProblemsOf(operation: Operation): readonly ProblemCode[] {
  const { method, query, scope } = operation;
  const takesBody = method === 'POST' || method === 'PUT';
  return [
    ...(takesBody ? (isStreamed(operation) ? FORM : JSON_BODY) : []),
    ...ANYWHERE,
    ...(scope === null ? [] : WITH_DATA),
    ...(query === undefined ? [] : (['FILTER_INVALID'] as const)),
    ...(query !== undefined && Object.hasOwn(query.parameters.shape, 'pageToken') ? PAGES : []),
  ];
}
