import { z } from 'zod';
import { gradientParams } from '../gradient/gradient-params.js';

export const headImportanceParams = z.strictObject({ ...gradientParams });
export type HeadImportanceParams = z.output<typeof headImportanceParams>;
