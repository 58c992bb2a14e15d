import { z } from 'zod';

/** Of routes that need no body: none, or an empty object. */
export const noBodySchema = z.strictObject({});
