import type { OutputScale } from './output-scale.js';
import type { ScoreSpace } from './score-row.js';

/**
 * The spaces in which an output of this kind can be explained, the default first.
 *
 * @param contrast true for the difference of two classes
 */
export function scoreSpaces(kind: OutputScale['kind'], contrast: boolean): readonly [ScoreSpace, ...ScoreSpace[]] {
  switch (kind) {
    case 'logits':
      return contrast ? ['logit', 'log-odds', 'log-probability'] : ['probability', 'log-probability', 'logit', 'log-odds', 'link-of-mean'];
    case 'probabilities':
      return contrast ? ['log-odds', 'log-probability'] : ['probability', 'log-probability', 'log-odds', 'link-of-mean'];
    case 'margin':
      return ['margin'];
    case 'value':
      return ['value'];
  }
}
