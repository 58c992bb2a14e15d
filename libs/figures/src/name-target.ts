import type { AttributionSlice, FigureTarget } from './attribution-slice.js';

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

/** What the attributions of a slice are measured in. */
export function nameMeasure({ measure, target }: Pick<AttributionSlice, 'measure' | 'target'>): string {
  return measure?.unit ?? nameUnit(target);
}

/** The unit of a score. */
export function nameUnit(target: FigureTarget): string {
  return UNITS[target.space] ?? target.space;
}
