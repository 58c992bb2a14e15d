import { keyOf } from './model-key.js';
import type { ModelFiles } from './runner.js';

/**
 * Which models a fresh child opens while it has nothing else to do, so that the run after a kill does not wait for that
 * either: those that were named, else the one explained last.
 */
export class WarmModels {
  private readonly named = new Map<string, ModelFiles>();
  /** The model that the next order most likely names. */
  private recent: ModelFiles | null = null;
  /** Each is offered to a child once: one that holds few models open would otherwise open them in turns for ever. */
  private readonly offered = new WeakMap<object, Set<string>>();

  name(models: readonly ModelFiles[]): void {
    for (const model of models) this.named.set(keyOf(model), model);
  }

  /** The model for this child to open next; null where there is none. */
  offer(child: object): ModelFiles | null {
    const offered = this.offered.get(child) ?? new Set<string>();
    this.offered.set(child, offered);
    const named = [...this.named.values()].find((model) => !offered.has(keyOf(model)));
    const model = named ?? (offered.size === 0 ? this.recent : null);
    if (model !== null) offered.add(keyOf(model));
    return model;
  }

  /** Once a model has answered. @returns whether it is another than before */
  remember(model: ModelFiles): boolean {
    const isNew = this.recent !== model;
    this.recent = model;
    return isNew;
  }

  /** It could not be opened. */
  drop(model: ModelFiles): void {
    this.named.delete(keyOf(model));
    if (this.recent !== null && keyOf(this.recent) === keyOf(model)) this.recent = null;
  }
}
