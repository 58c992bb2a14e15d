import { refuseField, type ProblemError } from '#platform';
import type { MultipartPart } from './read-multipart.js';

const MOST_BYTES = 1024;

/**
 * The text of a field of a form.
 *
 * @throws ProblemError PART_REFUSED where it is empty, too long, or no text
 */
export async function readField({ name, body }: MultipartPart): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw refuse(name, `has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  const text = decode(Buffer.concat(chunks));
  if (text === null || text === '' || text.includes('\0')) throw refuse(name, 'is empty, holds NUL or is no UTF-8');
  return text;
}

/** For a field that came before: which of the two counts is not for us to choose. */
export function refuseTwice(name: string): ProblemError {
  return refuse(name, 'comes twice');
}

function refuse(name: string, fault: string): ProblemError {
  return refuseField('PART_REFUSED', `/${name}`, `the field ${name} ${fault}`, `Send ${name} once, as text of 1 to ${MOST_BYTES} bytes.`);
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
