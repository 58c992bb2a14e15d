import { quote } from '#explainers';
import { ProblemError, type ProblemCode } from '#platform';
import { parse as parseForFault } from 'lossless-json';
import { MAX_JSON_DEPTH } from '../gateway-limits.js';
import { jsonPointer } from '../json-pointer.js';
import { scanJson, type JsonFinding } from './scan-json.js';

/**
 * Parses a body so that what is read is what was written: no duplicate keys, no number that changed on the way in, no
 * `__proto__`, no character that cannot be stored. -0 is read as 0.
 *
 * @param apart members whose items are checked one by one later on: what in them cannot be stored is left to that check
 *
 * @throws ProblemError MALFORMED_JSON, DUPLICATE_KEY, NUMBER_OUT_OF_RANGE, FIELD_UNKNOWN or TEXT_INVALID
 */
export function parseJsonBody(text: string, apart: readonly string[] = []): unknown {
  const scan = scanJson(text, MAX_JSON_DEPTH);
  if (scan.tooDeepAt !== null) {
    throw new ProblemError('MALFORMED_JSON', {
      detail: `${place(text, scan.tooDeepAt)}: objects and arrays are nested more than ${MAX_JSON_DEPTH} deep`,
    });
  }
  const value = parseStrictly(text, scan.badNumbers, scan.hasNegativeZero);
  refuse('DUPLICATE_KEY', scan.duplicateKeys, (found) => `the member ${quote(found.text)} is given twice`);
  refuse('NUMBER_OUT_OF_RANGE', scan.badNumbers, (found) => `${found.text.slice(0, 40)} cannot be read without changing it`);
  refuse('FIELD_UNKNOWN', scan.prototypeKeys, (found) => `there is no member ${quote(found.text)}`);
  // The body was valid UTF-8, so that only an escape can bring in half of a surrogate pair; likewise U+0000.
  if (/\\u(?:0000|[dD][89a-fA-F])/.test(text)) {
    refuseUnstorable(leaveOut(value, apart));
  }
  return value;
}

function parseStrictly(text: string, badNumbers: readonly JsonFinding[], hasNegativeZero: boolean): unknown {
  try {
    return hasNegativeZero ? JSON.parse(text, (_key, value: unknown) => (value === 0 ? 0 : value)) : JSON.parse(text);
  } catch {
    refuse(
      'NUMBER_OUT_OF_RANGE',
      badNumbers.filter((found) => /[NI]/.test(found.text)),
      (found) => `${found.text} is no JSON number; send a finite number, or leave the member out`,
    );
    throw new ProblemError('MALFORMED_JSON', { detail: describeFault(text) });
  }
}

function refuse(code: ProblemCode, findings: readonly JsonFinding[], describe: (found: JsonFinding) => string): void {
  const errors = findings.map((found) => ({ pointer: found.pointer, code, detail: describe(found) }));
  const first = errors[0];
  if (first !== undefined) throw new ProblemError(code, { detail: `${first.pointer || 'the body'}: ${first.detail}`, errors });
}

// JSON.parse does not always say where it stopped. This parser does, and its recursion is bounded by the check of depth.
function describeFault(text: string): string {
  try {
    parseForFault(text);
  } catch (error) {
    const match = error instanceof SyntaxError ? /^(.*) at position (\d+)$/s.exec(error.message) : null;
    if (match?.[1] !== undefined) return `${place(text, Number(match[2]))}: ${match[1]}`;
  }
  return 'the body is not JSON';
}

/** Line and column, both from 1. */
function place(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return `line ${before.split('\n').length}, column ${offset - lineStart + 1}`;
}

function leaveOut(value: unknown, members: readonly string[]): unknown {
  if (members.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => !(members.includes(key) && Array.isArray(item))));
}

/** Texts that cannot be stored: those with U+0000 or half of a surrogate pair. */
export function refuseUnstorable(value: unknown): void {
  refuse('TEXT_INVALID', findUnstorable(value, []), () => 'the text holds U+0000 or half of a surrogate pair');
}

function findUnstorable(value: unknown, path: readonly PropertyKey[]): JsonFinding[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [{ pointer: jsonPointer(path), text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    // The pointer must be storable too: it ends at the parent.
    isStorable(key) ? findUnstorable(item, [...path, key]) : [{ pointer: jsonPointer(path), text: key }],
  );
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}
