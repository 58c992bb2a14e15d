/** What the first bytes of a picture say, before anything is decoded. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg';
  /** As it is stored: a JPEG whose orientation turns it has width and height the other way round when it is looked at. */
  readonly width: number;
  readonly height: number;
  /** Bits of a channel. */
  readonly bits: number;
  /** Channels as stored: a palette counts as 3, transparency is not counted. */
  readonly channels: number;
  /** True for a PNG of several frames. */
  readonly animated: boolean;
}
