import { cutPadding } from '../text/onnx-text-model.js';
import { cutEncoding } from '../text/encode-text.js';
import type { TextCore } from '../text/text-core.js';
import type { EncoderPart } from './onnx-encoder-model.js';

/** The encoder that a text model without outputs is. */
export function openEncoderPart(core: TextCore): EncoderPart {
  return {
    maskTokenId: core.mask?.id ?? null,
    encode: (text) => cutEncoding(text, core.tokenizer.encode(text), core.maxTokens),
    attend: async (ids, what, separators) => (await core.attend(ids, what, separators)).map((map) => cutPadding(map, ids.length)),
  };
}
