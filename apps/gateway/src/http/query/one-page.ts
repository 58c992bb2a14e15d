import type { z } from 'zod';
import type { AnswerDescription } from '../operation.js';

/**
 * The answers of a paged list.
 *
 * @param page schema of the page: `pageSchema`, or one with more in it
 */
export function onePage(page: z.ZodType): Readonly<Record<200, AnswerDescription>> {
  return { 200: { about: 'One page.', schema: page, headers: { Link: '`rel="next"`: the next page; absent on the last.' } } };
}
