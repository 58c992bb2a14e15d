/**
 * Moves points that would cover each other apart, up and down from the middle, in their order. Where a column of points is
 * higher than the room, it starts again from the middle.
 *
 * @param xs in pixels
 */
export function spreadPoints(
  xs: readonly number[],
  { middle, size, room }: { readonly middle: number; readonly size: number; readonly room: number },
): readonly (readonly [x: number, y: number])[] {
  const taken = new Map<number, number>();
  const places = Math.max(Math.floor(room / (size / 2)) - 1, 1);
  return xs.map((x) => {
    const bin = Math.round(x / size);
    const count = taken.get(bin) ?? 0;
    taken.set(bin, count + 1);
    const step = count % places;
    const away = Math.ceil(step / 2) * (step % 2 === 1 ? -1 : 1);
    return [x, middle + (away * size) / 2] as const;
  });
}
