import type { FigureTarget } from './attribution-slice.js';

/** What was explained, as people say it. */
export function nameTarget(target: FigureTarget): string {
  if (target.class === null) return 'value';
  return target.against === undefined ? target.class : `${target.class} rather than ${target.against.class}`;
}

const UNITS: Readonly<Record<string, string>> = {
  probability: 'probability',
  'log-probability': 'log-probability',
  logit: 'logit',
  'log-odds': 'log-odds',
  margin: 'margin',
  'link-of-mean': 'logit of the mean probability',
  value: 'the unit of the value',
};

/** The unit of the attributions. */
export function nameUnit(target: FigureTarget): string {
  return UNITS[target.space] ?? target.space;
}
