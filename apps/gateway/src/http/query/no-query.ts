import { z } from 'zod';

/** A route without parameters: whatever is given is refused. */
export const noQuery = { parameters: z.object({}), takesLabels: false };
