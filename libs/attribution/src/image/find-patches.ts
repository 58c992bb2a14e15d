/** How the tokens of a transformer of patches lie over a picture. */
export interface PatchGrid {
  /** Tokens before the patches, such as the class token. */
  readonly before: number;
  readonly rows: number;
  readonly columns: number;
}

/** Tokens that may stand before the patches: a class token, one for distillation, registers. */
const mostBefore = 8;

/**
 * The grid of patches with the proportions of the picture, behind as few other tokens as can be.
 *
 * @param tokens of the model
 * @returns null where no such grid has so many patches
 */
export function findPatches(tokens: number, { height, width }: { readonly height: number; readonly width: number }): PatchGrid | null {
  for (let before = 0; before <= Math.min(mostBefore, tokens - 1); before++) {
    const patches = tokens - before;
    const rows = Math.round(Math.sqrt((patches * height) / width));
    if (rows > 0 && patches % rows === 0 && Math.abs(patches / rows / rows - width / height) < 1e-9)
      return { before, rows, columns: patches / rows };
  }
  return null;
}
