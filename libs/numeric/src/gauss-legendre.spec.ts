import { describe, expect, it } from '@jest/globals';
import { gaussLegendre } from './gauss-legendre.js';

const integrate = (count: number, f: (x: number) => number) => {
  const { nodes, weights } = gaussLegendre(count);
  return nodes.reduce((sum, node, at) => sum + (weights[at] ?? NaN) * f(node), 0);
};

describe('gaussLegendre', () => {
  it.each([1, 2, 3, 5, 8, 13])('with %i nodes is exact up to degree 2n - 1', (count) => {
    for (let degree = 0; degree < 2 * count; degree++) expect(integrate(count, (x) => x ** degree)).toBeCloseTo(1 / (degree + 1), 14);
  });

  it('is not exact beyond', () => {
    expect(Math.abs(integrate(3, (x) => x ** 6) - 1 / 7)).toBeGreaterThan(1e-4);
  });

  it('has the nodes of the tables', () => {
    // Abramowitz and Stegun, table 25.4, n = 5.
    const { nodes, weights } = gaussLegendre(5);
    expect(2 * (nodes[4] ?? NaN) - 1).toBeCloseTo(0.906179845938664, 15);
    expect(2 * (weights[2] ?? NaN)).toBeCloseTo(0.568888888888889, 15);
  });

  it.each([50, 512, 1024])('keeps to its laws with %i nodes', (count) => {
    const { nodes, weights } = gaussLegendre(count);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    for (let at = 1; at < count; at++) expect(nodes[at]).toBeGreaterThan(nodes[at - 1] ?? NaN);
    expect(integrate(count, Math.exp)).toBeCloseTo(Math.E - 1, 12);
  });

  it.each([0, -1, 2.5])('refuses %d nodes', (count) => {
    expect(() => gaussLegendre(count)).toThrow(RangeError);
  });
});
