/** What a picture in a request may cost. The reference page lists these numbers. */
export const imageLimits = Object.freeze({
  /** Bytes of the file. */
  encodedBytes: 10_000_000,
  /** Width times height. */
  pixels: 25_000_000,
});
