/** Pixels of 8 bits a channel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** [height, width, channels], row-major, 0 … 255. */
  readonly pixels: Uint8Array;
}
