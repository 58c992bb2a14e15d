/** L2 norm of the difference over that of `other`: 0 for equal ones, NaN where a number is none. */
export function relativeDifference(one: Float32Array | Float64Array, other: Float32Array | Float64Array): number {
  let [wrong, size] = [0, 0];
  other.forEach((value, at) => {
    wrong += ((one[at] ?? NaN) - value) ** 2;
    size += value ** 2;
  });
  return wrong === 0 ? 0 : Math.sqrt(wrong / size);
}
