import { keyOf } from './model-key.js';
import type { ModelSource, OpenModel } from './model-source.js';
import type { ModelFiles } from './runner.js';
import { FileVerifier } from './verify-files.js';

interface Place {
  readonly model: OpenModel;
  readonly key: string;
  /** State of the files the model was opened from. */
  readonly stamp: string;
}

/** Models kept open between runs, the least recently used closed first. */
export class ModelShelf {
  private readonly places = new Map<string, Place>();
  private readonly files = new FileVerifier();
  private loads = 0;

  constructor(
    private readonly source: ModelSource,
    private readonly capacity: number,
  ) {}

  /** @throws ExplainProblem */
  async take(model: ModelFiles): Promise<OpenModel> {
    const key = `${keyOf(model)} ${model.folder}`;
    const stamp = await this.files.verify(model);
    const held = this.places.get(key);
    this.places.delete(key); // set again below, as the most recently used
    if (held?.stamp === stamp) {
      this.places.set(key, held);
      return held.model;
    }
    await held?.model.close();
    await this.makeRoom();
    const opened = await this.source.open(model);
    this.loads += 1;
    this.places.set(key, { model: opened, stamp, key: keyOf(model) });
    return opened;
  }

  /** What is open now, and how many were opened since this was last asked. */
  report(): { readonly opened: readonly string[]; readonly loads: number } {
    const { loads } = this;
    this.loads = 0;
    return { opened: [...this.places.values()].map((place) => place.key), loads };
  }

  private async makeRoom(): Promise<void> {
    for (const [key, place] of this.places) {
      if (this.places.size < this.capacity) return;
      this.places.delete(key);
      await place.model.close();
    }
  }
}
