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
  return token.trim() === '' ? name : token;
}
