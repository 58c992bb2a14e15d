import { jsonPointer } from '../json-pointer.js';

export interface JsonFinding {
  /** RFC 6901. */
  readonly pointer: string;
  /** The key or the number as it was written. */
  readonly text: string;
}

/** What a parsed value no longer shows. Lists hold the first few occurrences. */
export interface JsonScan {
  /** Offset at which the nesting passes the limit, null where it never does. */
  readonly tooDeepAt: number | null;
  readonly duplicateKeys: readonly JsonFinding[];
  /** Numbers that a double cannot hold, integers beyond 2^53 - 1, and the words NaN and Infinity. */
  readonly badNumbers: readonly JsonFinding[];
  /** Members named `__proto__`. */
  readonly prototypeKeys: readonly JsonFinding[];
  readonly hasNegativeZero: boolean;
}

interface OpenObject {
  readonly keys: Set<string>;
  key: string;
  expectsKey: boolean;
}

interface OpenArray {
  readonly keys: null;
  index: number;
}

const MOST_FINDINGS = 20;
const WORD = /[-+.\w]+/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;
const NOT_A_NUMBER = /^[-+]?(?:NaN|Infinity)$/;

/**
 * One pass over JSON text that never recurses. It does not check the grammar: for text that is not JSON the findings
 * up to the fault are right and those after it mean nothing.
 */
export function scanJson(text: string, maxDepth: number): JsonScan {
  const duplicateKeys: JsonFinding[] = [];
  const badNumbers: JsonFinding[] = [];
  const prototypeKeys: JsonFinding[] = [];
  const open: (OpenObject | OpenArray)[] = [];
  let tooDeepAt: number | null = null;
  let hasNegativeZero = false;

  const note = (list: JsonFinding[], found: string) => {
    if (list.length < MOST_FINDINGS)
      list.push({ pointer: jsonPointer(open.map((one) => (one.keys === null ? one.index : one.key))), text: found });
  };
  const readKey = (object: OpenObject, literal: string) => {
    object.key = decodeKey(literal);
    if (object.keys.has(object.key)) note(duplicateKeys, object.key);
    if (object.key === '__proto__') note(prototypeKeys, object.key);
    object.keys.add(object.key);
  };
  const readWord = (word: string) => {
    const fault = judgeNumber(word);
    if (fault === 'bad') note(badNumbers, word);
    if (fault === 'negative-zero') hasNegativeZero = true;
  };

  for (let at = 0; at < text.length && tooDeepAt === null;) {
    const top = open.at(-1);
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        if (top?.keys !== undefined && top.keys !== null && top.expectsKey) readKey(top, text.slice(at, end));
        at = end;
        continue;
      }
      case '{':
        open.push({ keys: new Set(), key: '', expectsKey: true });
        break;
      case '[':
        open.push({ keys: null, index: 0 });
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ':':
        if (top?.keys !== undefined && top.keys !== null) top.expectsKey = false;
        break;
      case ',':
        if (top === undefined) break;
        if (top.keys === null) top.index += 1;
        else top.expectsKey = true;
        break;
      default: {
        WORD.lastIndex = at;
        const word = WORD.exec(text)?.[0];
        if (word !== undefined) {
          readWord(word);
          at += word.length;
          continue;
        }
      }
    }
    if (open.length > maxDepth) tooDeepAt = at;
    at += 1;
  }
  return { tooDeepAt, duplicateKeys, badNumbers, prototypeKeys, hasNegativeZero };
}

/** The offset after the closing quote; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

// "a" and "\u0061" are one name.
function decodeKey(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal; // not JSON: the parser says so
  }
}

function judgeNumber(word: string): 'fine' | 'bad' | 'negative-zero' {
  if (NOT_A_NUMBER.test(word)) return 'bad';
  const match = NUMBER.exec(word);
  if (match === null) return 'fine';
  const value = Number(word);
  if (!Number.isFinite(value)) return 'bad';
  const isInteger = match[1] === undefined && match[2] === undefined;
  if (isInteger && !Number.isSafeInteger(value)) return 'bad';
  if (value === 0 && /[1-9]/.test(word.replace(/[eE].*$/, ''))) return 'bad'; // underflow, such as 1e-400
  return Object.is(value, -0) ? 'negative-zero' : 'fine';
}
