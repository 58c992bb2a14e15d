import sharp from 'sharp';

/**
 * A PNG of 8-bit RGBA pixels.
 *
 * @param pixels [height, width, 4], row-major; alpha is not multiplied into the colours
 * @throws RangeError where the pixels do not fit the size
 */
export async function encodePng(pixels: Uint8Array, height: number, width: number): Promise<Uint8Array> {
  if (pixels.length !== height * width * 4) throw new RangeError(`${pixels.length} bytes for ${width} x ${height} pixels of RGBA`);
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 9, palette: false })
    .toBuffer();
}
