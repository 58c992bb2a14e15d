import type { ModelVersion } from '#catalog';
import type { ModelDescription } from '#explainers';
import type { RowTyping } from './row-typing.js';

/** The typing that a model gives to rows without labels. */
export function rowTypingOf({ model, description }: Pick<ModelVersion, 'model'> & { readonly description: ModelDescription }): RowTyping {
  const { task, features, classes } = description;
  return {
    model: { name: model, readsText: task.startsWith('text-'), features, classes },
    labelColumn: null,
    labelIsOptional: false,
    textColumn: null,
  };
}
