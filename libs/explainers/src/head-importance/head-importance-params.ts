import { z } from 'zod';
import { gradientParams } from '../gradient/gradient-params.js';

const { straightThrough } = gradientParams;

/** Heads get the numbers, whatever the parts of the text are: there are no players to choose. */
export const headImportanceParams = z.strictObject({ straightThrough });
export type HeadImportanceParams = z.output<typeof headImportanceParams>;
