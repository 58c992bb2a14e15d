import type { GradientRule } from '../gradient-rule.js';

/** (g - mean g - x̂ mean(g x̂)) / σ with g = dy · scale and x̂ the normalised input. */
export const layerNormalization: GradientRule = {
  write: (node, writer) => {
    const [x, scale, dy] = [node.input(0), node.input(1), node.upstream()];
    const first = node.axis('axis', -1);
    const axes = Array.from({ length: node.rank(0) - first }, (_, at) => first + at);
    const [mean, inverse] = [node.forward(1), node.forward(2)];
    // The kernel gives mean and inverse deviation in float32.
    const typed = (tensor: string) => (writer.float === 'float16' ? writer.toFloat(tensor) : tensor);
    const normal = writer.times(writer.add('Sub', [x, typed(mean)]), typed(inverse));
    const rows = Array.from({ length: first }, (_, axis) => axis);
    return [
      node.wants(0) ? writeInput() : '',
      node.wants(1) ? writer.sumOver(writer.times(dy, normal), rows, false) : '',
      node.wants(2) ? writer.sumOver(dy, rows, false) : '',
    ];

    function writeInput(): string {
      const scaled = writer.times(dy, scale);
      const along = writer.meanOver(writer.times(scaled, normal), axes);
      const rest = writer.add('Sub', [writer.add('Sub', [scaled, writer.meanOver(scaled, axes)]), writer.times(normal, along)]);
      return writer.times(rest, typed(inverse));
    }
  },
};
