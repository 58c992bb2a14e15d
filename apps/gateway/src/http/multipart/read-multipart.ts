import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import { quote } from '#explainers';
import { ProblemError } from '#platform';
import { ContentDigest } from './content-digest.js';
import { readDispositionName } from './read-disposition.js';

/** One part of a form. Its bytes come as they arrive: nothing is kept. */
export interface MultipartPart {
  readonly name: string;
  /** Names in lower case; a header that came twice has its values joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

export interface MultipartLimits {
  /** Bytes of the whole body. */
  readonly totalBytes: number;
  readonly parts: number;
  /** Milliseconds for each `leastBytes` of the body, and for what is left at its end. */
  readonly idleMs: number;
  readonly leastBytes: number;
  /** Milliseconds for the whole body. */
  readonly timeoutMs: number;
  /** Bytes of a refused body that are still read, so that a client that sends first and reads later gets its answer. */
  readonly drainBytes: number;
}

const MEDIA = /^\s*multipart\/form-data\s*(?=;)/i;
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;
const HEADER_BYTES = 8192;

/**
 * Reads a multipart/form-data body part by part, no faster than `take` does. Parts are taken one after the other, in the
 * order of the body. Resolves when every byte has arrived and every part was taken; when it rejects, nothing of it is at
 * work any more.
 *
 * @param take must read `body` to its end; what it throws ends the whole
 * @throws ProblemError UNSUPPORTED_MEDIA_TYPE, MULTIPART_MALFORMED, BODY_TOO_LARGE, REQUEST_TIMEOUT, DIGEST_MISMATCH,
 *   HEADER_INVALID, or what `take` throws
 */
export async function readMultipart(
  request: IncomingMessage,
  limits: MultipartLimits,
  take: (part: MultipartPart) => Promise<void>,
): Promise<void> {
  const { boundary, digest } = readHead(request);
  return new MultipartReading(request, limits, take, boundary, digest).run();
}

/** What the headers of the request say. */
function readHead({ headers }: IncomingMessage): { readonly boundary: string; readonly digest: ContentDigest | null } {
  const type = headers['content-type'] ?? '';
  const boundary = MEDIA.test(type) ? BOUNDARY.exec(type) : null;
  if (boundary === null) throw unsupported(`Content-Type is ${quote(type)}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!/^\s*identity\s*$/i.test(encoding)) throw unsupported(`Content-Encoding is ${quote(encoding)}`);
  const digest = ContentDigest.read(
    { 'repr-digest': joined(headers['repr-digest']), 'content-digest': joined(headers['content-digest']) },
    'the body',
  );
  return { boundary: boundary[1] ?? boundary[2] ?? '', digest };
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

class MultipartReading {
  private readonly parser: Dicer;
  private readonly open = new Set<Dicer.PartStream>();
  private taking: Promise<void> = Promise.resolve();
  private started = 0;
  private named = 0;
  private bytes = 0;
  /** Of these, how many came since the clock of `idleMs` was last set. */
  private fresh = 0;
  private parsed = false;
  private failure: { readonly error: unknown } | null = null;
  /** Nothing more is waited for. */
  private late = false;
  private idle: NodeJS.Timeout | undefined;
  private total: NodeJS.Timeout | undefined;
  private settle: () => void = () => undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly limits: MultipartLimits,
    private readonly take: (part: MultipartPart) => Promise<void>,
    boundary: string,
    private readonly digest: ContentDigest | null,
  ) {
    // The library hands this on to its parser of headers without declaring it.
    const options: Dicer.Config & { readonly maxHeaderSize: number } = { boundary, maxHeaderPairs: 20, maxHeaderSize: HEADER_BYTES };
    this.parser = new Dicer(options);
  }

  async run(): Promise<void> {
    this.total = setTimeout(() => this.expire('the body', this.limits.timeoutMs), this.limits.timeoutMs);
    try {
      await new Promise<void>((resolve) => {
        this.settle = resolve;
        this.start();
      });
      await this.taking;
    } finally {
      clearTimeout(this.idle);
      clearTimeout(this.total);
    }
    if (this.failure !== null) throw this.failure.error;
    this.digest?.check();
  }

  private start(): void {
    const { request, parser } = this;
    request.on('data', (chunk: Buffer) => this.count(chunk));
    request.on('end', () => this.look());
    request.on('error', () => this.fail(cut()));
    request.on('close', () => {
      if (!request.readableEnded) this.fail(cut());
    });
    parser.on('part', (part: Dicer.PartStream) => this.begin(part));
    parser.on('error', () => this.fail(malformed('the body ends before its last boundary')));
    parser.on('finish', () => {
      this.parsed = true;
      // A pipe pauses its source when its end has finished; what follows the last boundary is still to come.
      request.unpipe(parser);
      request.resume();
      if (this.started !== this.named) this.fail(malformed('a part has no headers'));
      this.look();
    });
    this.watchPace();
    request.pipe(parser);
    const declared = Number(request.headers['content-length'] ?? 0);
    this.late = declared > this.limits.drainBytes && declared > this.limits.totalBytes;
    if (declared > this.limits.totalBytes) this.fail(tooLarge(this.limits));
  }

  /** A refused body is awaited too, within its limits, before it is answered. */
  private look(): void {
    const { request } = this;
    const over = request.readableEnded || request.destroyed || this.late || this.bytes > this.limits.drainBytes;
    if (this.failure === null ? this.parsed && request.readableEnded : over) this.settle();
  }

  private count(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.fresh += chunk.length;
    if (this.fresh >= this.limits.leastBytes) this.watchPace();
    if (this.failure === null) this.digest?.update(chunk);
    if (this.bytes > this.limits.totalBytes) this.fail(tooLarge(this.limits));
    this.look();
  }

  private begin(part: Dicer.PartStream): void {
    this.started += 1;
    this.open.add(part);
    part.on('error', () => undefined); // the parser tells of it as well
    part.on('close', () => this.open.delete(part));
    if (this.started > this.limits.parts) this.fail(malformed(`there are more than ${this.limits.parts} parts`));
    part.on('header', (raw: object) => {
      this.named += 1;
      const headers = joinValues(raw as Readonly<Record<string, readonly string[]>>);
      const name = readDispositionName(headers['content-disposition'] ?? '');
      if (name === null) this.fail(malformed('a part has no name: Content-Disposition: form-data; name="…" is expected'));
      else this.queue({ name, headers, body: part });
    });
  }

  private queue(part: MultipartPart): void {
    this.taking = this.taking
      .then(async () => {
        if (this.failure === null) await this.take(part);
      })
      .catch((error: unknown) => this.fail(error));
  }

  /** The first reason counts. What still comes is read and thrown away. */
  private fail(error: unknown): void {
    if (this.failure === null) {
      this.failure = { error };
      this.request.unpipe(this.parser);
      for (const part of this.open) part.destroy(new Error('the upload was refused'));
      this.request.resume();
    }
    this.look();
  }

  private expire(what: string, ms: number): void {
    this.late = true;
    this.fail(new ProblemError('REQUEST_TIMEOUT', { detail: `${what} did not arrive within ${ms / 1000} s` }));
  }

  /** One byte now and then would hold a place for as long as the whole body may take. */
  private watchPace(): void {
    clearTimeout(this.idle);
    this.fresh = 0;
    this.idle = setTimeout(() => this.expire(`${this.limits.leastBytes} bytes more`, this.limits.idleMs), this.limits.idleMs);
  }
}

function joinValues(raw: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(raw).map(([name, values]) => [name, values.join(',')]));
}

function cut(): ProblemError {
  return malformed('the body was cut short');
}

function malformed(detail: string): ProblemError {
  return new ProblemError('MULTIPART_MALFORMED', { detail });
}

function tooLarge(limits: MultipartLimits): ProblemError {
  return new ProblemError('BODY_TOO_LARGE', { detail: `the body has more than ${limits.totalBytes} bytes` });
}

function unsupported(detail: string): ProblemError {
  return new ProblemError(
    'UNSUPPORTED_MEDIA_TYPE',
    { detail, remedy: 'Send multipart/form-data with one part for each file, without Content-Encoding.' },
    { 'Accept-Encoding': 'identity' },
  );
}
