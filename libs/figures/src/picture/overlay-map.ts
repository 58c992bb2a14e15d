/** A picture of 8-bit RGBA. */
export interface RgbaPicture {
  readonly height: number;
  readonly width: number;
  /** [height, width, 4], row-major. */
  readonly pixels: Uint8Array;
}

export interface MappedPicture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [height, width, channels], 0 … 255. */
  readonly pixels: Uint8Array;
  /** [height, width]: what speaks for the score is positive, what speaks against it negative. */
  readonly map: ArrayLike<number>;
}

/** Shorter side of what is drawn, at least. */
const shortest = 384;
/** Of the strongest colour over the picture. */
const strongest = 0.85;
/** The scale ends at this share of the sizes, so that one pixel does not pale all others. */
const share = 0.995;
/** For, and against: told apart by every eye, and by their lightness over a grey picture. */
const [towards, against] = [
  [255, 92, 0],
  [0, 122, 255],
] as const;

/**
 * A map over its picture: the picture grey and dim, what speaks for the score in orange, what speaks against it in blue, as strong as it is large.
 * Enlarged by whole times, so that pixels stay squares.
 *
 * @returns `largest`: the size that has the full colour
 */
export function overlayMap({ height, width, channels, pixels, map }: MappedPicture): RgbaPicture & { readonly largest: number } {
  const sizes = Float64Array.from({ length: height * width }, (_, at) => Math.abs(map[at] ?? 0)).sort();
  const largest = sizes[Math.min(sizes.length - 1, Math.ceil(share * sizes.length) - 1)] || (sizes.at(-1) ?? 0);
  const times = Math.max(1, Math.ceil(shortest / Math.min(height, width)));
  const drawn = new Uint8Array(height * width * times * times * 4);
  for (let row = 0; row < height * times; row++)
    for (let column = 0; column < width * times; column++) {
      const at = Math.floor(row / times) * width + Math.floor(column / times);
      const value = map[at] ?? 0;
      const weight = largest > 0 ? strongest * Math.min(1, Math.abs(value) / largest) : 0;
      const colour = value >= 0 ? towards : against;
      const grey = readGrey(pixels, at * channels, channels);
      const start = 4 * (row * width * times + column);
      for (let channel = 0; channel < 3; channel++)
        drawn[start + channel] = Math.round((1 - weight) * (40 + 0.7 * grey) + weight * (colour[channel] ?? 0));
      drawn[start + 3] = 255;
    }
  return { height: height * times, width: width * times, pixels: drawn, largest };
}

/** Luma of ITU-R BT.601, or the only channel. */
function readGrey(pixels: Uint8Array, start: number, channels: number): number {
  const [red = 0, green = 0, blue = 0] = pixels.subarray(start, start + 3);
  return channels === 1 ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
}
