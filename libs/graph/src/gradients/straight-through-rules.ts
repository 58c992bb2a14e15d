import type { GradientRule } from './gradient-rule.js';
import { convInteger } from './straight-through/conv-integer.js';
import { dequantizeLinear } from './straight-through/dequantize-linear.js';
import { dynamicQuantizeLinear } from './straight-through/dynamic-quantize-linear.js';
import { matMulInteger } from './straight-through/mat-mul-integer.js';
import { quantizeLinear } from './straight-through/quantize-linear.js';

/** How operators of quantised models hand a gradient on as if nothing was rounded, by domain and name; their whole numbers have gradients too. */
export const straightThroughRules: ReadonlyMap<string, GradientRule> = new Map<string, GradientRule>([
  ['ConvInteger', convInteger],
  ['DequantizeLinear', dequantizeLinear],
  ['DynamicQuantizeLinear', dynamicQuantizeLinear],
  ['MatMulInteger', matMulInteger],
  ['QuantizeLinear', quantizeLinear],
  ['com.microsoft:DequantizeLinear', dequantizeLinear],
  ['com.microsoft:QuantizeLinear', quantizeLinear],
]);

/** Those of them that round. */
export const roundingNodes: ReadonlySet<string> = new Set(['QuantizeLinear', 'DynamicQuantizeLinear']);
