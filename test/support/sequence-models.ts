import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaceOutput, wordTokenizer } from '#testing';
import type { ModelFiles } from './upload.js';

/** Folder of the cases that the project carries. */
const cases = fileURLToPath(new URL('../conformance/cases', import.meta.url));
const lastHidden = '/model/mpnet/encoder/layer.1/output/LayerNorm/LayerNormalization_output_0';

/** An encoder-decoder of a case, with a tokenizer: its words are "w5" to "w99". */
export async function bartFiles(config: object = {}): Promise<ModelFiles> {
  return {
    'model.onnx': await readFile(join(cases, 'bart-eager-legacy-17/model.onnx')),
    'tokenizer.json': wordTokenizer(),
    'config.json': JSON.stringify({
      architectures: ['BartForConditionalGeneration'],
      max_position_embeddings: 24,
      decoder_start_token_id: 2,
      eos_token_id: 2,
      pad_token_id: 0,
      ...config,
    }),
  };
}

/** The encoder of a case without its classifier, with the same tokenizer. */
export async function encoderFiles(task: 'feature-extraction' | 'fill-mask'): Promise<ModelFiles> {
  const bytes = await readFile(join(cases, 'mpnet-eager-legacy-17/model.onnx'));
  const isMasked = task === 'fill-mask';
  return {
    'model.onnx': replaceOutput(bytes, lastHidden, { name: isMasked ? 'logits' : 'last_hidden_state', shape: ['batch', 'seq', 32] }),
    'tokenizer.json': wordTokenizer(),
    'config.json': JSON.stringify({
      architectures: [isMasked ? 'MPNetForMaskedLM' : 'MPNetModel'],
      model_type: 'mpnet',
      max_position_embeddings: 26,
      num_attention_heads: 4,
    }),
  };
}
