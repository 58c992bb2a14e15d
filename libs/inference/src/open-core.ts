import { appendOutputs } from '#graph';
import type { ModelParts } from './folder/model-folder.js';
import type { Serving } from './plan-serving.js';
import { OnnxSession } from './session/onnx-session.js';
import { TabularCore } from './tabular/tabular-core.js';
import { TextCore } from './text/text-core.js';

export type Core = { readonly kind: 'text'; readonly text: TextCore } | { readonly kind: 'tabular'; readonly tabular: TabularCore };

/**
 * What all runs of a model share. The tokenizer opens at once, the session when it is told to or first used.
 *
 * @throws ExplainProblem
 */
export function openCore(parts: ModelParts, serving: Serving): { readonly core: Core; readonly session: OnnxSession } {
  const { output, outputs, features } = serving;
  const session = new OnnxSession({
    folder: parts.folder,
    modelFile: parts.modelFile,
    patched: output.hidden ? appendOutputs(parts.modelBytes, [output.fetch]) : null,
  });
  const layout = { name: output.name, kind: output.kind, outputs, fetch: output.fetch };
  const text = serving.maxTokens !== null;
  return {
    core: text
      ? { kind: 'text', text: TextCore.open(parts, session, layout) }
      : { kind: 'tabular', tabular: new TabularCore(parts, features, session, layout) },
    session,
  };
}

export function closeCore(core: Core): Promise<void> {
  return core.kind === 'text' ? core.text.close() : core.tabular.close();
}
