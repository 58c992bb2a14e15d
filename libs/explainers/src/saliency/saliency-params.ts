import { z } from 'zod';
import { gradientParams, keepParam, reduceParam } from '../gradient/gradient-params.js';

export const saliencyParams = z.strictObject({ ...gradientParams, reduce: reduceParam, keep: keepParam });
export type SaliencyParams = z.output<typeof saliencyParams>;
