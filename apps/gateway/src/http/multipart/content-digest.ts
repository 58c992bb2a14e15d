import { createHash, type Hash } from 'node:crypto';
import { quote } from '#explainers';
import { ProblemError } from '#platform';

/** Digest headers of RFC 9530. The two say the same of a body without Content-Encoding, and no other is taken. */
const HEADERS = ['repr-digest', 'content-digest'] as const;
const ENTRY = /^\s*([a-z0-9*_.-]+)=:([A-Za-z0-9+/]*={0,2}):\s*$/;

/** The digest that bytes are announced to have, checked as they go by. */
export class ContentDigest {
  private readonly hash: Hash = createHash('sha256');

  private constructor(
    private readonly expected: readonly Buffer[],
    private readonly what: string,
  ) {}

  /**
   * @param headers of the request or of a part, names in lower case
   * @param what the bytes are, for the message
   * @returns null where no digest was sent
   * @throws ProblemError HEADER_INVALID where a digest was sent and none of it is a sha-256
   */
  static read(headers: Readonly<Record<string, string | undefined>>, what: string): ContentDigest | null {
    const expected = HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [readSha256(name, value)];
    });
    return expected.length === 0 ? null : new ContentDigest(expected, what);
  }

  update(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }

  /** @throws ProblemError DIGEST_MISMATCH */
  check(): void {
    compareDigest(this.expected, this.hash.digest(), this.what);
  }
}

function compareDigest(expected: readonly Buffer[], actual: Buffer, what: string): void {
  const wrong = expected.find((one) => !one.equals(actual));
  if (wrong === undefined) return;
  throw new ProblemError('DIGEST_MISMATCH', {
    detail: `${what}: the SHA-256 that came is ${actual.toString('hex')}, and ${wrong.toString('hex')} was announced`,
  });
}

function readSha256(name: string, value: string): Buffer {
  for (const entry of value.split(',')) {
    const match = ENTRY.exec(entry);
    if (match === null) throw invalid(`${name} is ${quote(value)}`);
    if (match[1] !== 'sha-256') continue;
    const digest = Buffer.from(match[2] ?? '', 'base64');
    if (digest.length !== 32) throw invalid(`${name} holds a sha-256 of ${digest.length} bytes`);
    return digest;
  }
  throw invalid(`${name} holds no sha-256, and no other algorithm is checked here`);
}

function invalid(detail: string): ProblemError {
  return new ProblemError('HEADER_INVALID', { detail, remedy: 'Send sha-256=:<base64>: (RFC 9530), or leave the header out.' });
}
