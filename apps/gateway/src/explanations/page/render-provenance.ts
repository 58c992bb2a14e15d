import { escapeXml } from '#figures';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { tellMoment } from './describe-explanation.js';

/** Everything that is needed to run the explanation again and to check this page against the record. */
export function renderProvenance(explanation: ExplanationAnswer, environment: Readonly<Record<string, unknown>>): string {
  const { model } = explanation;
  const address = `/v1/explanations/${explanation.id}`;
  const labels = Object.entries(explanation.labels).map(([key, value]) => `${key}: ${value}`);
  const facts: [string, string][] = [
    ['Result hash', `<code>${escapeXml(explanation.resultHash)}</code>`],
    ['Record', `${link(`${address}?format=json`, 'JSON')} · ${link(`${address}/canonical`, 'the bytes under the result hash')}`],
    ['Explanation', `<code>${escapeXml(explanation.id)}</code>`],
    ['Made', `${escapeXml(tellMoment(explanation.createdAt))} by <bdi>${escapeXml(explanation.actor)}</bdi>`],
    ...(labels.length === 0 ? [] : [['Labels', labels.map((label) => `<bdi>${escapeXml(label)}</bdi>`).join('<br>')] as [string, string]]),
    ['Model', `${escapeXml(`${model.name} v${model.version}`)}<br><code>${escapeXml(model.sha256)}</code>`],
    ['Method', escapeXml(explanation.method)],
    ['Seed', String(explanation.seed)],
    ['Evaluations', `${explanation.evaluations} of a budget of ${explanation.budget}; ${explanation.modelRows} rows through the model`],
    ...tellBaseline(explanation),
  ];
  const { method, input, params, seed, targets } = explanation;
  const request = { method, model, input, targets: targets.map(nameTargetOf), params, seed };
  return `<h2>Provenance</h2>
<dl class="facts">${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n')}</dl>
<h3>The request as it was run</h3>
${renderJson(request)}
<h3>Quality, as measured</h3>
${renderJson(explanation.quality)}
<h3>Environment</h3>
${renderJson(environment)}`;
}

function nameTargetOf(target: ExplanationAnswer['targets'][number]): Record<string, unknown> {
  const against = target.against === undefined ? {} : { against: target.against.class };
  return { ...(target.class === null ? {} : { class: target.class }), ...against, space: target.space };
}

function link(href: string, words: string): string {
  return `<a href="${escapeXml(href)}">${escapeXml(words)}</a>`;
}

function renderJson(value: unknown): string {
  return `<pre>${escapeXml(JSON.stringify(value, null, 1))}</pre>`;
}

function tellBaseline({ baseline }: ExplanationAnswer): [string, string][] {
  return Object.keys(baseline).length === 0 ? [] : [['Absence meant', `<code>${escapeXml(JSON.stringify(baseline))}</code>`]];
}
