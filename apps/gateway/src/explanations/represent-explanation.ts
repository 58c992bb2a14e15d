import { createHash } from 'node:crypto';
import { figureStyle } from '#figures';
import type { OpenedExplanation } from '#history';
import { ProblemError } from '#platform';
import type { z } from 'zod';
import { stylePolicy } from '../http/style-policy.js';
import type { TellingAttention } from './attention/read-telling-attention.js';
import { representations, type Representation } from './choose-representation.js';
import { drawExplanation, noTarget } from './draw-explanation.js';
import { toExplanationAnswer, type ExplanationAnswer } from './explanation-answer.js';
import type { Overlay } from './read-overlay.js';
import type { representationQuery } from './explanation-queries.js';
import { renderExplanationPage } from './page/render-explanation-page.js';

type Choice = z.output<typeof representationQuery.parameters>;

/** An answer: its body and the headers that belong to it. */
export interface Represented {
  readonly body: ExplanationAnswer | string | Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is read beside an explanation for a page or a picture. */
export interface Pictures {
  /** Of the method attention; null for others. */
  readonly attention: TellingAttention | null;
  /** For each target its map over the picture that was explained; null where there is none, or it was not asked for. */
  readonly overlays: readonly (Overlay | null)[];
}

export const noPictures: Pictures = { attention: null, overlays: [] };

/**
 * An explanation in the form that was chosen.
 *
 * @throws ProblemError FILTER_INVALID for a target that is not there, NOT_ACCEPTABLE for a map that is not
 */
export function representExplanation(
  opened: OpenedExplanation,
  form: Representation,
  choice: Choice,
  { attention, overlays }: Pictures,
): Represented {
  const explanation = toExplanationAnswer(opened);
  if (form === 'json') return { body: explanation, etag: `"${explanation.resultHash}"`, headers: {} };
  const theme = choice.theme ?? 'auto';
  if (choice.target !== undefined && choice.target >= explanation.targets.length) throw noTarget(explanation, choice.target);
  if (form === 'png') return picture(explanation, overlays[choice.target ?? 0] ?? null);
  if (form === 'svg') {
    const drawing = drawExplanation(explanation, { target: choice.target ?? 0, theme, figure: choice.figure, attention });
    const drawn = document(explanation, form, drawing, stylePolicy(figureStyle(theme)));
    if (attention === null || 'missing' in attention) return drawn;
    return { ...drawn, headers: { ...drawn.headers, Link: `<${attention.path}&format=svg>; rel="related"` } };
  }
  const shown = renderExplanationPage(explanation, {
    environment: opened.row.environment,
    theme,
    target: choice.target ?? null,
    attention,
    overlays,
  });
  return document(explanation, form, shown.page, shown.policy);
}

function picture(explanation: ExplanationAnswer, overlay: Overlay | null): Represented {
  if (overlay === null) {
    throw new ProblemError('NOT_ACCEPTABLE', {
      detail: `this explanation by ${explanation.method} has no map over its picture`,
      remedy: 'Ask for format=svg or html.',
    });
  }
  const digest = createHash('sha256').update(overlay.png).digest('hex').slice(0, 12);
  return {
    body: Buffer.from(overlay.png),
    etag: `"${explanation.resultHash}-png-${digest}"`,
    headers: { 'Content-Type': representations.png },
  };
}

/** The drawing may change with the platform while the result stays: the tag names both. */
function document({ resultHash }: ExplanationAnswer, form: 'html' | 'svg', body: string, policy: string): Represented {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return {
    body,
    etag: `"${resultHash}-${form}-${digest}"`,
    headers: { 'Content-Type': `${representations[form]}; charset=utf-8`, 'Content-Security-Policy': policy },
  };
}

/**
 * Parameters that the form would leave unread are refused, so that nobody takes the answer for what was asked.
 *
 * @throws ProblemError FILTER_INVALID
 */
export function refuseUnread(form: Representation, choice: Choice): void {
  const read: readonly string[] = { json: [], html: ['target', 'theme'], svg: ['target', 'theme', 'figure'], png: ['target'] }[form];
  const unread = (['target', 'theme', 'figure'] as const).find((name) => choice[name] !== undefined && !read.includes(name));
  if (unread === undefined) return;
  throw new ProblemError('FILTER_INVALID', {
    detail: `${form} has no parameter ${unread}`,
    remedy: `Ask for a form that has it, with Accept or format=, or leave ${unread} out.`,
  });
}
