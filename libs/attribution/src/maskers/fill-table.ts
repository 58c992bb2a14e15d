/**
 * Writes the rows that stand for one coalition of columns: in each background row the present columns take the values of
 * the instance. The mean of the model's answers over these rows is the interventional worth.
 *
 * @param into cells of the table, row-major; receives as many rows as the background has
 * @param firstRow row at which writing begins
 * @param background cells of the rows that stand for absence, row-major
 * @param owners for each column the player that owns it; a column of no player (-1) is always present
 * @param present one entry per player, 0 = absent
 *
 * Source: S. M. Lundberg, S.-I. Lee, "A unified approach to interpreting model predictions" (2017), equations 9-11 with independent features.
 */
export function fillTable(
  into: Float64Array,
  firstRow: number,
  instance: Float64Array,
  background: Float64Array,
  owners: Int32Array,
  present: ArrayLike<number>,
): void {
  const columns = instance.length;
  into.set(background, firstRow * columns);
  const end = firstRow * columns + background.length;
  for (let column = 0; column < columns; column++) {
    const owner = owners[column] ?? -1;
    if (owner >= 0 && present[owner] === 0) continue;
    const value = instance[column] ?? NaN;
    for (let cell = firstRow * columns + column; cell < end; cell += columns) into[cell] = value;
  }
}
