import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';

interface Equation {
  /** Letters of each input. */
  readonly inputs: readonly string[];
  readonly output: string;
}

/** A sum of products by letters: for each input the same with dy in its place, and its letters as the output's. */
export const einsum: GradientRule = {
  refuse: (node) => {
    const equation = readEquation(node);
    if (equation === null) return 'has an equation without an arrow, with an ellipsis or with a letter twice in one term';
    const lengths = new Map<string, readonly [input: string, axis: number]>();
    for (const [at, letters] of equation.inputs.entries())
      for (const [axis, letter] of [...letters].entries()) {
        const [input, other] = lengths.get(letter) ?? [node.input(at), axis];
        if (!node.facts.agree(node.input(at), axis, input, other)) return `repeats the axis ${letter} of one of its inputs`;
        lengths.set(letter, [input, other]);
      }
    return null;
  },
  write: (node, writer) => {
    const equation = readEquation(node);
    if (equation === null) return [];
    return equation.inputs.map((letters, at) => {
      if (!node.wants(at)) return '';
      const others = equation.inputs.flatMap((other, place) => (place === at ? [] : [{ letters: other, name: node.input(place) }]));
      const terms = [equation.output, ...others.map((other) => other.letters)];
      const kept = [...letters].filter((letter) => terms.some((term) => term.includes(letter)));
      const product = writer.add('Einsum', [node.upstream(), ...others.map(({ name }) => name)], {
        equation: `${terms.join()}->${kept.join('')}`,
      });
      const summed = [...letters].flatMap((letter, axis) => (kept.includes(letter) ? [] : [BigInt(axis)]));
      // What was summed in this input alone gets the same number everywhere.
      return summed.length === 0 ? product : writer.expandTo(writer.unsqueeze(product, summed), node.input(at));
    });
  },
};

function readEquation(node: DifferentiatedNode): Equation | null {
  const [left = '', output] = node.text('equation', '').replaceAll(' ', '').split('->');
  if (output === undefined || left.includes('.') || output.includes('.')) return null;
  const inputs = left.split(',');
  const repeated = [...inputs, output].some((letters) => new Set(letters).size < letters.length);
  return repeated ? null : { inputs, output };
}
