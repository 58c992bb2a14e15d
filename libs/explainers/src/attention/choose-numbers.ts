import type { AttentionNumbers } from '../contract/model.js';
import type { AttentionParams } from './attention-params.js';

/** Which numbers of attention a model has to give for what is to be kept of them. */
export function chooseNumbers({ space, encoding }: Pick<AttentionParams, 'space' | 'encoding'>): AttentionNumbers {
  if (space === 'score') return 'score';
  return encoding === 'quantised' ? 'byte' : 'probability';
}
