import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';

/** xᶜ: c xᶜ⁻¹, which is 0 for c = 0 also at x = 0; and xᶜ ln x, which is 0 at x = 0. */
export const pow: GradientRule = {
  refuse: (node) => {
    const [x, exponent] = [node.input(0), node.input(1)].map((name) => node.facts.of(name).type);
    return node.wants(1) && x !== exponent ? 'has an exponent that depends on the input, of another type than what it raises' : null;
  },
  write: (node, writer) => {
    const [x, exponent, y, dy] = [node.input(0), node.input(1), node.output(0), node.upstream()];
    const own = (gradient: string, at: number) => writer.unbroadcast(gradient, y, node.input(at));
    return [
      node.wants(0) ? own(writer.times(dy, writeSlope(node, writer)), 0) : '',
      node.wants(1) ? own(writer.times(dy, dropZero(x, writer.times(y, writer.add('Log', [x])), writer)), 1) : '',
    ];

    function writeSlope(of: DifferentiatedNode, to: GradientWriter): string {
      const values = of.values(1);
      const [constant] = values ?? [];
      if (constant === undefined || values?.length !== 1) {
        const wide = of.facts.of(exponent).type === to.float ? exponent : to.toFloat(exponent);
        return dropZero(wide, to.times(wide, to.add('Pow', [x, to.add('Sub', [wide, to.number(1)])])), to);
      }
      if (constant === 0) return to.zerosLike(x);
      if (constant === 2) return to.scale(x, 2);
      return to.scale(to.add('Pow', [x, to.number(constant - 1)]), constant);
    }
  },
};

/** 0 in the place of the products of what is 0. */
function dropZero(factor: string, product: string, writer: GradientWriter): string {
  return writer.dropWhere(writer.add('Equal', [factor, writer.number(0)]), product);
}
