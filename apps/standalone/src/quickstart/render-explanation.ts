import { normalQuantile } from '#numeric';
import type { Paint } from './paint.js';
import type { StoredExplanation } from './stored-explanation.js';

const BAR_CELLS = 24;
const ROWS = 8;
/** As on the page of the explanation: half of a 95 % interval, in standard errors. */
const Z95 = normalQuantile(0.975);

/** Lines that show a stored explanation to a person: what was said, what spoke for it, how sure that is. */
export function renderExplanation(explanation: StoredExplanation, paint: Paint): string[] {
  const [target] = explanation.targets;
  const [attributions = []] = explanation.attributions;
  if (target === undefined) return [];
  const lines = 'text' in explanation.input ? [weighText(explanation, explanation.input.text, attributions, paint), ''] : [];
  return [
    ...lines,
    `${paint.bold(target.class ?? 'value')}  ${formatScore(target.score, target.space)}   ${paint.dim(`base ${formatScore(target.baseScore, target.space)}`)}`,
    ...renderBars(explanation, attributions, paint),
    paint.dim(describeQuality(explanation, target)),
    ...explanation.warnings.map((warning) => `! ${warning.message}`),
  ];
}

/** The text with each feature on a background as strong as its attribution, relative to the strongest. */
function weighText(explanation: StoredExplanation, text: string, attributions: readonly number[], paint: Paint): string {
  const largest = Math.max(...attributions.map(Math.abs), Number.MIN_VALUE);
  let end = 0;
  let out = '';
  explanation.features.forEach((feature, index) => {
    if (!('span' in feature)) return;
    const [from, to] = feature.span;
    out += text.slice(end, from) + paint.weigh(text.slice(from, to), (attributions[index] ?? 0) / largest);
    end = to;
  });
  return out + text.slice(end);
}

function renderBars(explanation: StoredExplanation, attributions: readonly number[], paint: Paint): string[] {
  const rows = attributions
    .map((attribution, index) => ({ attribution, name: nameFeature(explanation, index), error: explanation.standardErrors?.[0]?.[index] }))
    .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
  const shown = rows.slice(0, ROWS);
  const width = Math.max(...shown.map((row) => row.name.length), 0);
  const largest = Math.max(...shown.map((row) => Math.abs(row.attribution)), Number.MIN_VALUE);
  const lines = shown.map(({ attribution, name, error }) => {
    const cells = Math.round((Math.abs(attribution) / largest) * BAR_CELLS);
    const bar = paint.tint((attribution >= 0 ? '▇' : '▒').repeat(cells), attribution);
    const sign = attribution >= 0 ? '+' : '−';
    return `${name.padEnd(width)}  ${sign}${Math.abs(attribution).toFixed(4)}${error === undefined ? '' : ` ± ${(Z95 * error).toFixed(4)}`}  ${bar}`;
  });
  return rows.length > ROWS ? [...lines, paint.dim(`… and ${rows.length - ROWS} smaller`)] : lines;
}

function nameFeature(explanation: StoredExplanation, index: number): string {
  const feature = explanation.features[index];
  if (feature === undefined) return '';
  if ('span' in feature) return feature.text;
  return feature.value === null ? feature.name : `${feature.name} = ${feature.value}`;
}

function formatScore(score: number, space: string): string {
  return space === 'probability' ? `${(score * 100).toFixed(1)} %` : score.toFixed(3);
}

function describeQuality(explanation: StoredExplanation, target: StoredExplanation['targets'][number]): string {
  const parts = [
    `${explanation.method} on ${explanation.model.name} v${explanation.model.version}`,
    `${explanation.evaluations} evaluations`,
    `seed ${explanation.seed}`,
  ];
  const fidelity = explanation.quality.fidelity?.[0];
  if (fidelity === undefined) parts.push(`adds up to the score (gap ${Math.abs(target.completenessGap).toExponential(0)})`);
  else parts.push(`surrogate fits ${(fidelity * 100).toFixed(0)} % of the variation around this case`);
  if (explanation.standardErrors !== null) parts.push('± is half the width of the 95 % interval');
  return parts.join(' · ');
}
