import { escapeXml, nameTarget } from '#figures';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { findReadToken } from '../find-read-token.js';
import { markBlank, nameClass, readGenerated, showToken } from '../read-generated.js';
import { tellPercent } from './tell-probability.js';

/** Which token of a language model a target is about, and what else could have stood in its place; '' for classes and values. */
export function renderExplained(explanation: ExplanationAnswer, index: number): string {
  const target = explanation.targets[index];
  // Classifiers and regressions have a prediction, language models do not.
  if (target === undefined || target.class === null || explanation.prediction.length > 0) return '';
  const probability = { 'log-probability': target.score, probability: Math.log(target.score) }[target.space as string];
  // A token that followed several times has rivals of its own each time.
  const [followed, again] = readGenerated(explanation).filter(({ tokenId }) => tokenId === target.index);
  const rivals = followed === undefined || again !== undefined ? [] : followed.rivals;
  const facts = [
    `<bdi>${escapeXml(nameTarget({ ...target, class: nameClass(explanation, target.class) }))}</bdi>`,
    ...(target.index === null ? [] : [`token ${target.index}`]),
    ...(target.index === null || probability === undefined ? [] : [tellPercent(probability)]),
    ...(rivals.length === 0
      ? []
      : [`rivals: ${rivals.map((one) => `<bdi>${escapeXml(showToken(one))}</bdi> ${tellPercent(one.logProbability)}`).join(', ')}`]),
  ];
  return `<p><strong>Explained</strong> ${facts.join(' · ')}</p>`;
}

/** That the relevance of the token which is read says nothing; '' where that token has no number of its own. */
export function renderReadToken(explanation: ExplanationAnswer, index: number): string {
  const read = explanation.features[findReadToken(explanation, index)];
  if (read === undefined) return '';
  const name = 'text' in read ? read.text : read.name;
  return `<p class="quiet">The token that is read, “<bdi>${escapeXml(markBlank(name))}</bdi>”, has a relevance of about 1 by construction: relevance begins with 1 of every token in itself. The figures leave it out and compare the others.</p>`;
}
