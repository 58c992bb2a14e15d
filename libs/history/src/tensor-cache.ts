import { LRUCache } from 'lru-cache';

/** Which tensor of whose explanation. */
export interface TensorName {
  readonly tenant: string;
  readonly explanation: string;
  readonly name: string;
}

/** Bytes of numbers in the clear that a process keeps. */
const KEPT_BYTES = 128 * 2 ** 20;
/** Milliseconds after which numbers are forgotten, so that what another process erased does not stay in memory. */
const KEPT_MS = 60_000;

/**
 * The last few tensors as numbers, so that reading one part after another opens a tensor once. It knows nothing of erasure: whoever
 * takes from it has to see first that the payload is still there.
 */
export class TensorCache {
  private readonly kept: LRUCache<string, Uint8Array>;
  /** Tensors that are being opened: whoever asks meanwhile waits for the same one. */
  private readonly opening = new Map<string, Promise<Uint8Array | null>>();

  constructor(maxBytes: number = KEPT_BYTES) {
    this.kept = new LRUCache({
      ...{ maxSize: maxBytes, ttl: KEPT_MS, ttlAutopurge: true },
      sizeCalculation: (bytes) => Math.max(1, bytes.byteLength),
    });
  }

  get(tensor: TensorName): Uint8Array | undefined {
    return this.kept.get(keyOf(tensor));
  }

  /** Opens a tensor, or waits for the one that is being opened. @param open null where it is gone */
  async open(tensor: TensorName, open: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    const key = keyOf(tensor);
    const under = this.opening.get(key);
    if (under !== undefined) return under;
    const opened = open();
    this.opening.set(key, opened);
    try {
      const bytes = await opened;
      // What was forgotten meanwhile is not kept.
      if (bytes !== null && this.opening.get(key) === opened) this.kept.set(key, bytes);
      return bytes;
    } finally {
      if (this.opening.get(key) === opened) this.opening.delete(key);
    }
  }

  /** Forgets the tensors of an explanation, or one of them. */
  forget({ tenant, explanation, name }: Omit<TensorName, 'name'> & { readonly name?: string }): void {
    const prefix = keyOf({ tenant, explanation, name: name ?? '' });
    const isMeant = (key: string) => (name === undefined ? key.startsWith(prefix) : key === prefix);
    for (const key of [...this.kept.keys()].filter(isMeant)) this.kept.delete(key);
    for (const key of [...this.opening.keys()].filter(isMeant)) this.opening.delete(key);
  }
}

/** No tenant and no id has a line break. */
function keyOf({ tenant, explanation, name }: TensorName): string {
  return `${tenant}\n${explanation}\n${name}`;
}
