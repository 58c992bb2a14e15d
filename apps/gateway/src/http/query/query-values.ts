import { z } from 'zod';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../gateway-limits.js';

/** Text that is compared literally. */
export const literalText = (about: string) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(256, 'must have at most 256 characters')
    .refine((text) => !text.includes('\0'), 'must not hold U+0000')
    .optional()
    .meta({ description: about });

/** A moment, RFC 3339. The years that a timestamp of the database can hold for certain. */
export const instant = (about: string) =>
  z
    .string()
    .refine(
      (text) => z.iso.datetime({ offset: true }).safeParse(text).success && isStorable(new Date(text)),
      'must be a moment such as 2026-01-31T12:00:00Z',
    )
    .transform((text) => new Date(text))
    .optional()
    .meta({ description: `${about} RFC 3339, with an offset or Z.`, format: 'date-time' });

export const unitNumber = (about: string) =>
  z
    .string()
    .regex(/^(?:0|1|0?\.\d{1,17}|1\.0{1,17})$/, 'must be a number from 0 to 1')
    .transform(Number)
    .optional()
    .meta({ description: about, type: 'number', minimum: 0, maximum: 1 });

export const positiveInteger = (about: string) =>
  z
    .string()
    .regex(/^0*[1-9]\d{0,8}$/, 'must be a positive integer')
    .transform(Number)
    .optional()
    .meta({ description: about, type: 'integer', minimum: 1 });

/** A place in a list, from 0. */
export const index = (about: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be an integer from 0')
    .transform(Number)
    .optional()
    .meta({ description: about, type: 'integer', minimum: 0 });

/** Larger sizes are read as the largest; 1e9 is an integer too. */
const pageSize = z
  .string()
  .refine((text) => /^\+?\d+(?:e\+?\d{1,2})?$/i.test(text) && Number(text) >= 1, 'must be a positive integer')
  .transform((text) => Math.min(Number(text), MAX_PAGE_SIZE))
  .default(DEFAULT_PAGE_SIZE)
  .meta({
    description: `Items of a page: ${DEFAULT_PAGE_SIZE} where absent, at most ${MAX_PAGE_SIZE}; larger values are read as ${MAX_PAGE_SIZE}.`,
    type: 'integer',
    minimum: 1,
  });

const pageToken = z.string().optional().meta({ description: '`nextPageToken` of the page before, with the same filters.' });

/** The parameters every paged list has. */
export const paging = { pageSize, pageToken };

function isStorable(moment: Date): boolean {
  const year = moment.getUTCFullYear();
  return year >= 1970 && year <= 9999;
}
