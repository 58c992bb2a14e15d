import { fork, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { DatasetBlock, DatasetShape } from '#catalog';
import { findCompiled, readRss } from '#runner';
import { DatasetProblem } from '../dataset-problem.js';
import type { FileFormat } from '../formats/file-format.js';
import type { DatasetLimits } from '../limits.js';
import type { RowTyping } from '../typing/row-typing.js';
import type { TypedRows } from '../read-rows.js';
import type { FromReader, ToReader } from './messages.js';

const SAMPLE_MS = 100;
const MEBIBYTE = 2 ** 20;

/**
 * Reads a file of rows that nobody trusts in a process of its own, which is killed at the limits of time and memory: a
 * decompressor can be made to ask for more than a limit of the JavaScript heap bounds. It gets no environment, and the
 * file as an open descriptor alone.
 *
 * @param descriptor of the open file; it stays open
 * @param signal stops the reading
 * @returns the shape, and the blocks; the process ends with the last block, or when the caller stops reading them
 * @throws DatasetProblem, also from `blocks`
 */
export async function readRowFile(
  descriptor: number,
  format: FileFormat,
  typing: RowTyping,
  limits: DatasetLimits,
  signal: AbortSignal,
): Promise<TypedRows> {
  const child = new ReadingChild(descriptor, limits, signal);
  try {
    child.send({ kind: 'read', format, typing, limits });
    return { shape: await child.shape(), blocks: child.blocks() };
  } catch (error) {
    child.kill();
    throw error;
  }
}

class ReadingChild {
  private readonly process: ChildProcess;
  private readonly timers: NodeJS.Timeout[];
  private readonly messages: FromReader[] = [];
  private wake: () => void = () => undefined;
  private stopped: Error | null = null;
  private output = '';

  constructor(
    descriptor: number,
    private readonly limits: DatasetLimits,
    private readonly signal: AbortSignal,
  ) {
    this.process = fork(findCompiled(import.meta.url, 'child.js', 'libs/datasets/src/child'), [String(process.pid)], {
      cwd: tmpdir(),
      env: {},
      execArgv: [`--max-old-space-size=${Math.ceil(limits.memoryBytes / MEBIBYTE)}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', descriptor],
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.output = (this.output + text).slice(-2000);
    });
    this.process.on('message', (message: FromReader) => {
      this.messages.push(message);
      this.wake();
    });
    this.process.on('error', (error) => this.stop(error));
    this.process.on('close', (code, end) => this.stop(this.explainEnd(code, end)));
    this.timers = [
      setInterval(() => void this.watchMemory(), SAMPLE_MS),
      setTimeout(() => this.stop(this.refuse(`it took longer than ${limits.seconds} s`)), limits.seconds * 1000),
    ];
    signal.addEventListener('abort', this.onAbort);
    if (signal.aborted) this.onAbort();
  }

  send(message: ToReader): void {
    this.process.send(message, () => undefined); // a failure to write means that it is going, which `close` tells
  }

  async shape(): Promise<DatasetShape> {
    const message = await this.next();
    if (message.kind !== 'shape') throw toError(message);
    return message.shape;
  }

  async *blocks(): AsyncGenerator<DatasetBlock> {
    try {
      for (;;) {
        const message = await this.next();
        if (message.kind === 'done') return;
        if (message.kind !== 'block') throw toError(message);
        this.send({ kind: 'more' });
        yield message.block;
      }
    } finally {
      this.kill();
    }
  }

  kill(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.signal.removeEventListener('abort', this.onAbort);
    this.process.kill('SIGKILL');
  }

  private async next(): Promise<FromReader> {
    for (;;) {
      const message = this.messages.shift();
      if (message !== undefined) return message;
      if (this.stopped !== null) throw this.stopped;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private readonly onAbort = (): void =>
    this.stop(this.signal.reason instanceof Error ? this.signal.reason : new Error('the reading was given up'));

  private stop(reason: Error): void {
    this.stopped ??= reason;
    this.kill();
    this.wake();
  }

  private async watchMemory(): Promise<void> {
    const bytes = this.process.pid === undefined ? null : await readRss(this.process.pid);
    if (bytes !== null && bytes > this.limits.memoryBytes)
      this.stop(this.refuse(`it took more than ${Math.round(this.limits.memoryBytes / MEBIBYTE)} MiB of memory`));
  }

  private explainEnd(code: number | null, end: NodeJS.Signals | null): Error {
    if (code === 0) return new Error('the process that reads a file of rows ended without a word');
    if (/out of memory/i.test(this.output)) return this.refuse('it took more memory than there is');
    if (end !== null) return new DatasetProblem('DATASET_UNREADABLE', `the file ended the process that read it (${end})`);
    return new Error(`the process that reads a file of rows ended with ${code}: ${this.output}`);
  }

  private refuse(detail: string): DatasetProblem {
    return new DatasetProblem(
      'RESOURCE_LIMIT',
      `the file could not be read: ${detail}`,
      'Send it in smaller parts; a Parquet file with smaller row groups.',
    );
  }
}

function toError(message: FromReader): Error {
  if (message.kind === 'refused') return new DatasetProblem(message.code, message.detail, message.remedy, message.faults);
  return new Error(message.kind === 'failed' ? message.stack : `a reader sent ${message.kind} out of turn`);
}

/** The compiled entry: beside this module where this is compiled, in dist/ where it runs from its source. */
