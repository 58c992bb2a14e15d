import { z } from 'zod';
import type { ExplanationAnswer } from './explanation-answer.js';

const candidate = { token: z.string(), name: z.string(), tokenId: z.int(), logProbability: z.number() };
const generation = z.object({ generated: z.array(z.object({ ...candidate, rivals: z.array(z.object(candidate)) })) });

/** A token that followed a prompt, with those that could have stood in its place. */
export type FollowingToken = z.output<typeof generation>['generated'][number];

/** The tokens that followed a prompt, whichever method kept them; empty where there are none. */
export function readGenerated({ result }: Pick<ExplanationAnswer, 'result'>): readonly FollowingToken[] {
  const parsed = generation.safeParse(result);
  return parsed.success ? parsed.data.generated : [];
}

/** The text of a token, or its name where it has none that can be seen. */
export function showToken({ token, name }: Pick<FollowingToken, 'token' | 'name'>): string {
  if (token.trim() === '') return markWordStarts(name);
  return /^[▁Ġ]/.test(name) && !token.startsWith(' ') ? `▁${token}` : markBlank(token);
}

/** A piece of a text whose blank in front can be seen. */
export function markBlank(text: string): string {
  return text.replace(/^ (?=\S)/, '▁');
}

/** What a target is called: the tokens of a language model begin words in one way, whatever their vocabulary writes. */
export function nameClass({ prediction }: Pick<ExplanationAnswer, 'prediction'>, label: string): string {
  // Classifiers and regressions have a prediction, language models do not.
  return prediction.length > 0 ? label : markWordStarts(label);
}

function markWordStarts(names: string): string {
  return names.replace(/(^|\s)Ġ/g, '$1▁');
}
