/**
 * left · right, row-major.
 *
 * @param left [rows, inner]
 * @param right [inner, columns]
 * @returns [rows, columns]
 */
export function multiplyMatrices(left: Float64Array, right: Float64Array, inner: number): Float64Array {
  const [rows, columns] = [left.length / inner, right.length / inner];
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let between = 0; between < inner; between++) {
      const factor = left[row * inner + between] ?? 0;
      if (factor === 0) continue;
      for (let column = 0; column < columns; column++)
        product[row * columns + column] = (product[row * columns + column] ?? 0) + factor * (right[between * columns + column] ?? 0);
    }
  return product;
}

export function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => (Math.floor(at / size) === at % size ? 1 : 0));
}
