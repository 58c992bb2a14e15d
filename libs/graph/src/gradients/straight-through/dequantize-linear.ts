import { writeUnary } from '../rules/write-unary.js';
import { refuseChannels } from './refuse-channels.js';

/** (q - zero point) scale: dY scale. */
export const dequantizeLinear = writeUnary(({ dy }, writer, node) => writer.times(dy, node.input(1)), refuseChannels);
