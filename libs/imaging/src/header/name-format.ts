const signatures: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['GIF', 0, 'GIF8'],
  ['WebP', 8, 'WEBP'],
  ['BMP', 0, 'BM'],
  ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'],
  ['AVIF or HEIC', 4, 'ftyp'],
  ['JPEG 2000', 4, 'jP  '],
  ['JPEG XL', 4, 'JXL '],
  ['JPEG XL', 0, '\xff\x0a'],
  ['PDF', 0, '%PDF'],
  ['SVG or other XML', 0, '<'],
];

/** The name of a format that is not read, by its first bytes; null where they are those of none that is known. */
export function nameFormat(bytes: Uint8Array): string | null {
  const found = signatures.find(([, offset, text]) => [...text].every((character, at) => bytes[offset + at] === character.charCodeAt(0)));
  return found?.[0] ?? null;
}
