import { appendOutputs } from '#graph';
import type { ModelParts } from './folder/model-folder.js';
import { EncoderDecoderCore } from './encoder-decoder/encoder-decoder-core.js';
import { ImageCore } from './image/image-core.js';
import { LanguageCore } from './language/language-core.js';
import type { Serving } from './serving.js';
import { OnnxSession } from './session/onnx-session.js';
import { TabularCore } from './tabular/tabular-core.js';
import { TextCore } from './text/text-core.js';
import type { TokenizerThread } from './text/tokenizer-thread.js';

export type Core =
  | { readonly kind: 'text'; readonly text: TextCore }
  | { readonly kind: 'language'; readonly language: LanguageCore }
  | { readonly kind: 'encoder'; readonly encoder: TextCore }
  | { readonly kind: 'encoder-decoder'; readonly pair: EncoderDecoderCore }
  | { readonly kind: 'image'; readonly image: ImageCore }
  | { readonly kind: 'tabular'; readonly tabular: TabularCore };

/**
 * What all runs of a model share. The tokenizer opens at once, the session when it is told to or first used.
 *
 * @returns the core, and the session that predicts
 * @throws ExplainProblem
 */
export function openCore(parts: ModelParts, serving: Serving): { readonly core: Core; readonly session: OnnxSession } {
  if (serving.task === 'causal-lm') {
    const language = LanguageCore.open(parts, serving);
    return { core: { kind: 'language', language }, session: language.prediction };
  }
  if (serving.task === 'text2text-generation') {
    const pair = EncoderDecoderCore.open(parts, serving);
    return { core: { kind: 'encoder-decoder', pair }, session: pair.prediction };
  }
  const { output, outputs, features, image } = serving;
  const session = new OnnxSession({
    folder: parts.folder,
    modelFile: parts.modelFile,
    patched: output.hidden ? appendOutputs(parts.modelBytes, [output.fetch]) : null,
  });
  const layout = { name: output.name, kind: output.kind, outputs, fetch: output.fetch };
  if (serving.task.startsWith('tabular-'))
    return { core: { kind: 'tabular', tabular: new TabularCore(parts, features, session, layout) }, session };
  if (image !== undefined) return { core: { kind: 'image', image: new ImageCore(parts, image, session, layout) }, session };
  const text = TextCore.open(parts, session, layout);
  return { core: outputs === 0 ? { kind: 'encoder', encoder: text } : { kind: 'text', text }, session };
}

/** The tokenizer of a model that reads text, else null. */
export function tokenizerOf(core: Core): TokenizerThread | null {
  switch (core.kind) {
    case 'text':
      return core.text.tokenizer;
    case 'encoder':
      return core.encoder.tokenizer;
    case 'language':
      return core.language.tokenizer;
    case 'encoder-decoder':
      return core.pair.tokenizer;
    case 'tabular':
    case 'image':
      return null;
  }
}

export function closeCore(core: Core): Promise<void> {
  switch (core.kind) {
    case 'text':
      return core.text.close();
    case 'encoder':
      return core.encoder.close();
    case 'language':
      return core.language.close();
    case 'encoder-decoder':
      return core.pair.close();
    case 'tabular':
      return core.tabular.close();
    case 'image':
      return core.image.close();
  }
}
