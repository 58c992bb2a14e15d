import { z } from 'zod';
import { gameParams } from '../game/game-params.js';

export const exactShapParams = z.strictObject(gameParams);
export type ExactShapParams = z.output<typeof exactShapParams>;
