/** left · right, of square matrices, row-major. */
export function multiplySquare(left: Float64Array, right: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let inner = 0; inner < size; inner++) {
      const factor = left[row * size + inner] ?? 0;
      if (factor === 0) continue;
      for (let column = 0; column < size; column++)
        product[row * size + column] = (product[row * size + column] ?? 0) + factor * (right[inner * size + column] ?? 0);
    }
  return product;
}

export function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => (Math.floor(at / size) === at % size ? 1 : 0));
}
