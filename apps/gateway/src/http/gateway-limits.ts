/** What one request may cost before any work is done for it. The reference page lists these numbers. */
export interface GatewayLimits {
  /** Bytes of a body. */
  readonly bodyBytes: number;
  /** Bytes of a refused body that are still read, so that a client that sends first and reads later gets its answer. */
  readonly drainBytes: number;
  /** Milliseconds from the end of the headers to the end of the body. */
  readonly bodyTimeoutMs: number;
  /** Milliseconds for the headers. */
  readonly headersTimeoutMs: number;
  /** Milliseconds for the whole of an upload. */
  readonly uploadTimeoutMs: number;
  /** Milliseconds for each `uploadLeastBytes` of an upload. */
  readonly uploadIdleMs: number;
  readonly uploadLeastBytes: number;
  /** How often overdue connections are looked for, in milliseconds. */
  readonly connectionCheckMs: number;
  /** Bytes of request line and headers together. */
  readonly headerBytes: number;
  /** Uploads of data sets in one process at once, those that wait for their rows to be read among them. */
  readonly datasetUploads: number;
  /** Of these, so many of one tenant. */
  readonly datasetUploadsOfTenant: number;
  /** Streams of events open at once in one process. */
  readonly eventStreams: number;
  /** Milliseconds without an event after which a stream shows that it is alive. */
  readonly heartbeatMs: number;
}

export const gatewayLimits: GatewayLimits = Object.freeze({
  bodyBytes: 2 ** 20,
  drainBytes: 32 * 2 ** 20,
  bodyTimeoutMs: 30_000,
  headersTimeoutMs: 20_000,
  uploadTimeoutMs: 3_600_000,
  uploadIdleMs: 30_000,
  uploadLeastBytes: 2 ** 15,
  connectionCheckMs: 5_000,
  headerBytes: 16_384,
  datasetUploads: 16,
  datasetUploadsOfTenant: 8,
  eventStreams: 1000,
  heartbeatMs: 15_000,
});

/** Token under which the limits are injected. */
export const GATEWAY_LIMITS = Symbol('gateway limits');

/** Bytes of the body of POST /v1/jobs where it holds a picture: 10 MB are 13.3 as base64. */
export const PICTURE_BODY_BYTES = 14 * 2 ** 20;
/** Bytes of the body of POST /v1/batches: a thousand items of eight thousand bytes. */
export const BATCH_BODY_BYTES = 8 * 2 ** 20;
/** Levels of nested objects and arrays in a body. */
export const MAX_JSON_DEPTH = 64;
/** Problems listed in one answer; the detail says how many there are in all. */
export const MAX_ERRORS = 50;
/** Seconds that `Prefer: wait` may ask for; more is read as this. */
export const MAX_WAIT_SECONDS = 30;
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;
