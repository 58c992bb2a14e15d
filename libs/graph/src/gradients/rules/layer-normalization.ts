import type { GradientRule } from '../gradient-rule.js';
import { writeCentred, writeStandardised } from './standardise.js';

/** (g - mean g - x̂ mean(g x̂)) / σ with g = dy · scale and x̂ the normalised input. */
export const layerNormalization: GradientRule = {
  refuse: (node) => (node.upstream(1) === '' && node.upstream(2) === '' ? null : 'has a mean or deviation that other nodes read'),
  write: (node, writer) => {
    const [x, scale, dy] = [node.input(0), node.input(1), node.upstream()];
    const first = node.axis('axis', -1);
    const axes = Array.from({ length: node.rank(0) - first }, (_, at) => first + at);
    const [mean, inverse] = [node.forward(1), node.forward(2)];
    // The kernel gives mean and inverse deviation in float32.
    const typed = (tensor: string) => (writer.float === 'float32' ? tensor : writer.toFloat(tensor));
    const centred = writer.add('Sub', [x, typed(mean)]);
    if (!node.wants(1) && !node.wants(2))
      return [writeCentred(writer, writer.times(dy, scale), { centred, inverse: typed(inverse) }, axes), '', ''];
    const normal = writer.times(centred, typed(inverse));
    const rows = Array.from({ length: first }, (_, axis) => axis);
    return [
      node.wants(0) ? writeStandardised(writer, writer.times(dy, scale), { normal, inverse: typed(inverse) }, axes) : '',
      node.wants(1) ? writer.sumOver(writer.times(dy, normal), rows, false) : '',
      node.wants(2) ? writer.sumOver(dy, rows, false) : '',
    ];
  },
};
