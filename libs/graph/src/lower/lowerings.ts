import { attention } from './attention.js';
import { biasAdd } from './bias-add.js';
import { biasGelu } from './bias-gelu.js';
import { biasSoftmax } from './bias-softmax.js';
import { biasSplitGelu } from './bias-split-gelu.js';
import { embedLayerNormalization } from './embed-layer-normalization.js';
import { fastGelu } from './fast-gelu.js';
import { fusedConv } from './fused-conv.js';
import { fusedGemm } from './fused-gemm.js';
import { fusedMatMul } from './fused-mat-mul.js';
import { gelu } from './gelu.js';
import { groupQueryAttention } from './group-query-attention.js';
import type { AttentionLowering, Lowering } from './lowering.js';
import { multiHeadAttention } from './multi-head-attention.js';
import { onnxAttention } from './onnx-attention.js';
import { onnxRotaryEmbedding } from './onnx-rotary-embedding.js';
import { quickGelu } from './quick-gelu.js';
import { rotaryEmbedding } from './rotary-embedding.js';
import { simplifiedLayerNormalization } from './simplified-layer-normalization.js';
import { skipLayerNormalization } from './skip-layer-normalization.js';
import { skipSimplifiedLayerNormalization } from './skip-simplified-layer-normalization.js';

/** Operators that attend, by domain and name. */
export const attentionLowerings: ReadonlyMap<string, AttentionLowering> = new Map([
  ['Attention', onnxAttention],
  ['com.microsoft:Attention', attention],
  ['com.microsoft:GroupQueryAttention', groupQueryAttention],
  ['com.microsoft:MultiHeadAttention', multiHeadAttention],
]);

/** Fused operators that are written out as primitives, by domain and name. */
export const lowerings: ReadonlyMap<string, Lowering> = new Map<string, Lowering>([
  ...attentionLowerings,
  ['Gelu', gelu],
  ['RMSNormalization', simplifiedLayerNormalization],
  ['RotaryEmbedding', onnxRotaryEmbedding],
  ['SimplifiedLayerNormalization', simplifiedLayerNormalization],
  ['com.microsoft:BiasAdd', biasAdd],
  ['com.microsoft:BiasGelu', biasGelu],
  ['com.microsoft:BiasSoftmax', biasSoftmax],
  ['com.microsoft:BiasSplitGelu', biasSplitGelu],
  ['com.microsoft:EmbedLayerNormalization', embedLayerNormalization],
  ['com.microsoft:FastGelu', fastGelu],
  ['com.microsoft:FusedConv', fusedConv],
  ['com.microsoft:FusedGemm', fusedGemm],
  ['com.microsoft:FusedMatMul', fusedMatMul],
  ['com.microsoft:Gelu', gelu],
  ['com.microsoft:QuickGelu', quickGelu],
  ['com.microsoft:RotaryEmbedding', rotaryEmbedding],
  ['com.microsoft:SimplifiedLayerNormalization', simplifiedLayerNormalization],
  ['com.microsoft:SkipLayerNormalization', skipLayerNormalization],
  ['com.microsoft:SkipSimplifiedLayerNormalization', skipSimplifiedLayerNormalization],
]);
