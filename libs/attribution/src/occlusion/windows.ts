/** A run of neighbouring players that are absent together. */
export interface OcclusionWindow {
  readonly start: number;
  /** First player after the window. */
  readonly end: number;
}

/**
 * Windows that slide over a row of players; the last one is shorter where the row ends.
 *
 * @param players at least 1
 * @param length players in a window, at least 1
 * @param stride players between the starts of two windows, 1 … length
 * @throws RangeError when the stride would leave players out
 */
export function slideWindows(players: number, length: number, stride: number): readonly OcclusionWindow[] {
  if (stride < 1 || stride > length) throw new RangeError(`a stride of ${stride} with windows of ${length}`);
  const windows: OcclusionWindow[] = [];
  for (let start = 0; ; start += stride) {
    const end = Math.min(players, start + length);
    windows.push({ start, end });
    if (end === players) return windows;
  }
}

/**
 * For each player the mean of the score drops of the windows that hid it.
 *
 * @param drops one per window
 */
export function averageDrops(players: number, windows: readonly OcclusionWindow[], drops: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(players);
  const counts = new Float64Array(players);
  windows.forEach(({ start, end }, window) => {
    for (let player = start; player < end; player++) {
      sums[player] = (sums[player] ?? 0) + (drops[window] ?? NaN);
      counts[player] = (counts[player] ?? 0) + 1;
    }
  });
  return sums.map((sum, player) => sum / (counts[player] ?? NaN));
}
