import { drawAttentionMatrix, escapeXml, nameTarget, type AttributionSlice, type Theme } from '#figures';
import { stylePolicy } from '../../http/style-policy.js';
import type { TellingAttention } from '../attention/read-telling-attention.js';
import { noTarget } from '../draw-explanation.js';
import { describeMeasure } from '../describe-measure.js';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { readImportance, type Importance } from '../read-importance.js';
import { sliceRollout } from '../slice-rollout.js';
import { sliceTarget } from '../slice-target.js';
import { answerOf, tellMoment, titleOf } from './describe-explanation.js';
import { pageStyle } from './page-style.js';
import { renderFigure } from './render-figure.js';
import { renderGeneration } from './render-generation.js';
import { renderReading } from './render-reading.js';
import { renderHeads } from './render-heads.js';
import { renderImportance } from './render-importance.js';
import type { Overlay } from '../read-overlay.js';
import { renderOverlay } from './render-overlay.js';
import { renderPrediction } from './render-prediction.js';
import { renderProvenance } from './render-provenance.js';
import { renderTarget } from './render-target.js';

export interface PageChoice {
  /** Where it was computed. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly theme: Theme;
  /** Of the method attention; null for others. */
  readonly attention: TellingAttention | null;
  /** For each target its map over the picture that was explained; null where there is none. */
  readonly overlays: readonly (Overlay | null)[];
  /** Null for all targets. */
  readonly target: number | null;
}

/**
 * One explanation as a page that can be kept as a file: it loads nothing and runs nothing.
 *
 * @returns the page and its Content-Security-Policy
 * @throws ProblemError FILTER_INVALID for a target that is not there
 */
export function renderExplanationPage(
  explanation: ExplanationAnswer,
  choice: PageChoice,
): { readonly page: string; readonly policy: string } {
  const style = pageStyle(choice.theme);
  const importance = readImportance(explanation);
  const title = titleOf(explanation, importance);
  const policy = stylePolicy(style);
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeXml(inDocument(policy))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${choice.theme === 'auto' ? 'light dark' : choice.theme}">
<link rel="icon" href="data:,">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${renderHead(explanation, title)}
${renderWarnings(explanation)}
${renderTargets(explanation, importance, choice)}
${renderRollout(explanation)}
${renderGeneration(explanation)}
${renderReading(explanation)}
${renderHeads(explanation, choice.attention)}
${renderPrediction(explanation)}
${renderProvenance(explanation, choice.environment)}
</main>
</body>
</html>
`;
  return { page, policy };
}

function renderHead(explanation: ExplanationAnswer, title: string): string {
  const { method, model, seed, evaluations, createdAt } = explanation;
  const facts = [
    method,
    `${model.name} v${model.version}`,
    tellMoment(createdAt),
    `seed ${seed}`,
    evaluations === 1 ? '1 evaluation' : `${evaluations} evaluations`,
  ];
  const answer =
    explanation.prediction.length === 0 ? '' : `<p class="answer"><bdi>${escapeXml(answerOf(explanation.prediction))}</bdi></p>`;
  return `<header><h1 dir="auto">${escapeXml(title)}</h1>${answer}<p class="by quiet">${escapeXml(facts.join(' · '))}</p></header>`;
}

function renderWarnings({ warnings }: ExplanationAnswer): string {
  if (warnings.length === 0) return '';
  const items = warnings.map(({ code, message }) => `<li>${escapeXml(message)} <small class="quiet">${escapeXml(code)}</small></li>`);
  return `<ul class="warnings" aria-label="Warnings">${items.join('\n')}</ul>`;
}

function renderTargets(
  explanation: ExplanationAnswer,
  importance: Importance | null,
  { target: only, overlays }: Pick<PageChoice, 'target' | 'overlays'>,
): string {
  if (only !== null && only >= explanation.targets.length) throw noTarget(explanation, only);
  const indices = only === null ? explanation.targets.keys() : [only];
  return Array.from(indices, (index) => {
    if (importance !== null) return renderImportance(explanation, importance, index);
    const slice = sliceTarget(explanation, index);
    const overlay = overlays[index] ?? null;
    const picture = slice === null || overlay === null ? '' : renderOverlay(overlay, nameTarget(slice.target), isSize(explanation, slice));
    return slice === null ? '' : renderTarget(explanation, slice, index, picture);
  }).join('\n');
}

/** Sizes of gradients speak neither for nor against. */
function isSize(explanation: ExplanationAnswer, { target }: AttributionSlice): boolean {
  const measure = describeMeasure(explanation, target);
  return measure !== undefined && measure.isSlope && !measure.isSigned;
}

function renderRollout(explanation: ExplanationAnswer): string {
  const slice = sliceRollout(explanation);
  if (slice === null) return '';
  const reader = explanation.prediction.length === 0 ? 'the last one' : 'the one that the classifier reads';
  return `<h2>How much of each token reaches ${reader}</h2>
${renderFigure((width) => drawAttentionMatrix(slice, width))}`;
}

/** A policy in the document itself holds for a saved file too; framing is said by the header alone. */
function inDocument(policy: string): string {
  return policy.replace(/; frame-ancestors 'none'/, '');
}
