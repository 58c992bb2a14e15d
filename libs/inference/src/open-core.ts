import { appendOutputs } from '#graph';
import type { ModelParts } from './folder/model-folder.js';
import { LanguageCore } from './language/language-core.js';
import type { Serving } from './serving.js';
import { OnnxSession } from './session/onnx-session.js';
import { TabularCore } from './tabular/tabular-core.js';
import { TextCore } from './text/text-core.js';

export type Core =
  | { readonly kind: 'text'; readonly text: TextCore }
  | { readonly kind: 'language'; readonly language: LanguageCore }
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
  const { output, outputs, features } = serving;
  const session = new OnnxSession({
    folder: parts.folder,
    modelFile: parts.modelFile,
    patched: output.hidden ? appendOutputs(parts.modelBytes, [output.fetch]) : null,
  });
  const layout = { name: output.name, kind: output.kind, outputs, fetch: output.fetch };
  const text = serving.task.startsWith('text-');
  return {
    core: text
      ? { kind: 'text', text: TextCore.open(parts, session, layout) }
      : { kind: 'tabular', tabular: new TabularCore(parts, features, session, layout) },
    session,
  };
}

export function closeCore(core: Core): Promise<void> {
  switch (core.kind) {
    case 'text':
      return core.text.close();
    case 'language':
      return core.language.close();
    case 'tabular':
      return core.tabular.close();
  }
}
