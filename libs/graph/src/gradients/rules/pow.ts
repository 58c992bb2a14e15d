import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';

/** xᶜ: c xᶜ⁻¹ and xᶜ ln x. */
export const pow: GradientRule = {
  write: (node, writer) => {
    const [x, exponent, y, dy] = [node.input(0), node.input(1), node.output(0), node.upstream()];
    const own = (gradient: string, at: number) => writer.unbroadcast(gradient, y, node.input(at));
    return [
      node.wants(0) ? own(writer.times(dy, writeSlope(node, writer)), 0) : '',
      node.wants(1) ? own(writer.times(dy, writer.times(y, writer.add('Log', [x]))), 1) : '',
    ];

    function writeSlope(of: DifferentiatedNode, to: GradientWriter): string {
      const values = of.values(1);
      const [constant] = values ?? [];
      if (constant === undefined || values?.length !== 1) {
        const wide = of.facts.isFloat(exponent) ? exponent : to.toFloat(exponent);
        return to.times(wide, to.add('Pow', [x, to.add('Sub', [wide, to.number(1)])]));
      }
      if (constant === 0) return to.zerosLike(x);
      if (constant === 2) return to.scale(x, 2);
      return to.scale(to.add('Pow', [x, to.number(constant - 1)]), constant);
    }
  },
};
