import { z } from 'zod';
import { paging } from './query-values.js';

/** A paged list without filters. */
export const pageQuery = { parameters: z.object(paging), takesLabels: false };
