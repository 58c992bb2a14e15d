import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { DatasetProblem } from '../dataset-problem.js';

const readAt = promisify(read);
const PIECE_BYTES = 2 ** 18;
const MOST_BLANK_BYTES = 2 ** 24;
const blanks = /^\s*$/;

/** An open file of rows. It has no name any more: nothing is left of it when the process ends. */
export class RowFile {
  readonly size: number;

  constructor(
    private readonly descriptor: number,
    private readonly gzip: boolean,
    private readonly mostBytes: number,
  ) {
    this.size = fstatSync(descriptor).size;
  }

  /** Text of the file from its start, decompressed. @throws DatasetProblem */
  async *text(): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let bytes = 0;
    let blank = 0;
    for await (const chunk of this.bytes()) {
      bytes += chunk.length;
      if (bytes > this.mostBytes)
        throw new DatasetProblem('DATASET_TOO_LARGE', `the file has more than ${this.mostBytes} bytes when it is decompressed`);
      const piece = decode(() => decoder.decode(chunk, { stream: true }));
      // A small gzip can hold gigabytes of empty lines, which are no rows and would be read to the end.
      blank = blanks.test(piece) ? blank + chunk.length : 0;
      if (blank > MOST_BLANK_BYTES)
        throw new DatasetProblem('DATASET_UNREADABLE', `more than ${MOST_BLANK_BYTES} bytes in a row are blank`, 'Leave empty lines out.');
      yield piece;
    }
    yield decode(() => decoder.decode());
  }

  /** @throws DatasetProblem when the range is not in the file */
  async slice(start: number, end: number): Promise<ArrayBuffer> {
    if (!(start >= 0 && start <= end && end <= this.size)) throw new DatasetProblem('DATASET_UNREADABLE', 'the file points outside itself');
    const bytes = new Uint8Array(end - start);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await readAt(this.descriptor, bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) throw new DatasetProblem('DATASET_UNREADABLE', 'the file ends too early');
      done += bytesRead;
    }
    return bytes.buffer;
  }

  private async *bytes(): AsyncGenerator<Uint8Array> {
    if (!this.gzip) {
      yield* this.stored();
      return;
    }
    const unpacked = createGunzip();
    pipeline(Readable.from(this.stored()), unpacked, () => undefined); // what goes wrong is thrown by the loop below
    try {
      yield* unpacked as AsyncIterable<Buffer>;
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
        throw new DatasetProblem(
          'DATASET_UNREADABLE',
          `the file cannot be decompressed: ${error.message}`,
          'Send it as gzip makes it, whole.',
        );
      throw error;
    }
  }

  // A stream of Node closes the descriptor when it is left early, and it is not ours to close.
  private async *stored(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.size; at += PIECE_BYTES) yield new Uint8Array(await this.slice(at, Math.min(at + PIECE_BYTES, this.size)));
  }
}

function decode(act: () => string): string {
  try {
    return act();
  } catch {
    throw new DatasetProblem('DATASET_UNREADABLE', 'the file is not valid UTF-8', 'Write it again in UTF-8.');
  }
}
