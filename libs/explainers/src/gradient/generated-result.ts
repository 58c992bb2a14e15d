import { z } from 'zod';
import { generatedToken } from '../attention/attention-result.js';

/** What a language model gave after a prompt, beside the attributions. */
export const generatedResult = z.strictObject({
  generated: z.array(generatedToken).optional().meta({ description: 'The tokens after the prompt; absent where there was none.' }),
});
