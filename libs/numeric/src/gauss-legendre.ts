/** Nodes and weights of a quadrature rule: Σ weight · f(node) stands for the integral. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The Gauss-Legendre rule on [0, 1]: exact for polynomials up to degree 2n - 1. Nodes ascend; weights sum to 1.
 *
 * @param count of nodes, at least 1
 * Source: Press et al., Numerical Recipes, section 4.6: Newton's method on the Legendre polynomial, from Tricomi's estimate of its zeros.
 */
export function gaussLegendre(count: number): Quadrature {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`a rule has a whole number of nodes, 1 or more, not ${count}`);
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    let z = Math.cos((Math.PI * (at + 0.75)) / (count + 0.5));
    for (let step = 0; step < 100; step++) {
      const { value, derivative } = legendre(count, z);
      const next = z - value / derivative;
      const moved = Math.abs(next - z);
      z = next;
      if (moved <= 1e-16) break;
    }
    const slope = legendre(count, z).derivative;
    // Zeros come from 1 down to -1, and [-1, 1] is mapped on [0, 1].
    nodes[count - 1 - at] = (1 + z) / 2;
    weights[count - 1 - at] = 1 / ((1 - z * z) * slope * slope);
  }
  return { nodes, weights };
}

/** The Legendre polynomial of a degree, by its three-term recurrence, and its derivative. */
function legendre(degree: number, z: number): { readonly value: number; readonly derivative: number } {
  let [value, before] = [1, 0];
  for (let j = 0; j < degree; j++) [value, before] = [((2 * j + 1) * z * value - j * before) / (j + 1), value];
  return { value, derivative: (degree * (z * value - before)) / (z * z - 1) };
}
