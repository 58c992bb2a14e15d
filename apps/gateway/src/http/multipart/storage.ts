import type { IncomingMessage } from 'node:http';
import { ProblemError } from '#platform';

/** Bytes that stay free on the disk. */
export const RESERVE_BYTES = 256 * 2 ** 20;

/**
 * Looks for room before anything of an upload is read. A body that does not tell its length needs the reserve alone; one
 * that is too large is left to the limit of its route.
 *
 * @param totalBytes limit of the whole body
 * @param freeBytes asks how many bytes can still be written
 * @throws ProblemError STORAGE_FULL
 */
export async function expectRoom(
  { headers }: Pick<IncomingMessage, 'headers'>,
  totalBytes: number,
  freeBytes: () => Promise<number>,
): Promise<void> {
  const announced = Number(headers['content-length'] ?? 0);
  if (announced <= totalBytes && (await freeBytes()) < announced + RESERVE_BYTES) throw new ProblemError('STORAGE_FULL');
}

/** What writing an upload failed with: STORAGE_FULL where the disk took no more, else the error itself. */
export function toStorageProblem(error: unknown): unknown {
  const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return isFull ? new ProblemError('STORAGE_FULL', {}, {}, error) : error;
}
