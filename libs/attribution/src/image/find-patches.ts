/** How the tokens of a transformer of patches lie over a picture. */
export interface PatchGrid {
  /** Tokens before the patches, such as the class token. */
  readonly before: number;
  readonly rows: number;
  readonly columns: number;
}

/** Tokens that stand before the patches: none, a class token, with it one for distillation (DeiT), or four registers (DINOv2). */
const knownBefore = [0, 1, 2, 5];

/**
 * The grid of patches with the proportions of the picture, behind as few other tokens as can be.
 * Other counts before it are not guessed at: nearly every count of tokens would fit some grid.
 *
 * @param tokens of the model
 * @returns null where no such grid has so many patches
 */
export function findPatches(tokens: number, { height, width }: { readonly height: number; readonly width: number }): PatchGrid | null {
  for (const before of knownBefore) {
    const patches = tokens - before;
    if (patches < 1) break;
    const rows = Math.round(Math.sqrt((patches * height) / width));
    if (rows > 0 && patches % rows === 0 && Math.abs(patches / rows / rows - width / height) < 1e-9)
      return { before, rows, columns: patches / rows };
  }
  return null;
}
