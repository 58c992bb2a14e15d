import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { giveChosenLogits, readModelGraph } from '#graph';

const HEADS = 2;
const SIZE = 64;

/**
 * What somebody would write who wants the next token and nothing else of a decoder that onnxruntime-genai built: one thread, the cache handed
 * from pass to pass, and logits of the last token alone.
 */
export class PlainDecoder {
  private cache: Readonly<Record<string, Tensor>>;
  private length = 0;

  private constructor(
    private readonly session: InferenceSession,
    private readonly logits: string,
    private readonly positions: string,
    private readonly slots: readonly string[],
  ) {
    this.cache = this.empty();
  }

  static async open(folder: string): Promise<PlainDecoder> {
    const file = await readFile(join(folder, 'model.onnx'));
    const graph = readModelGraph(file);
    const { bytes, logits, positions } = giveChosenLogits(file, graph, 'logits');
    const session = await InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      enableMemPattern: false,
      extra: { session: { intra_op: { allow_spinning: '0' }, model_external_initializers_file_folder_path: folder } },
    });
    const slots = graph.inputs.map(({ name }) => name).filter((name) => name.startsWith('past_key_values.'));
    return new PlainDecoder(session, logits, positions, slots);
  }

  /** @returns the likeliest next token */
  async read(ids: Int32Array): Promise<number> {
    const total = this.length + ids.length;
    const feeds = {
      input_ids: integers(ids, [1, ids.length]),
      attention_mask: integers(new Int32Array(total).fill(1), [1, total]),
      [this.positions]: integers(Int32Array.of(ids.length - 1), [1]),
      ...this.cache,
    };
    const presents = this.slots.map((slot) => slot.replace('past_key_values', 'present'));
    const outputs = await this.session.run(feeds, [this.logits, ...presents]);
    this.cache = Object.fromEntries(this.slots.map((slot, at) => [slot, take(outputs, presents[at] ?? '')]));
    this.length = total;
    const { data } = take(outputs, this.logits);
    if (!(data instanceof Float32Array)) throw new Error('the logits are no float32');
    let best = 0;
    for (let id = 1; id < data.length; id++) if ((data[id] ?? NaN) > (data[best] ?? NaN)) best = id;
    return best;
  }

  forget(): void {
    this.cache = this.empty();
    this.length = 0;
  }

  private empty(): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(this.slots.map((slot) => [slot, new Tensor('float32', new Float32Array(0), [1, HEADS, 0, SIZE])]));
  }
}

function take(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const tensor = outputs[name];
  if (!(tensor instanceof Tensor)) throw new Error(`the run gave no ${name}`);
  return tensor;
}

function integers(values: Int32Array, shape: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), shape);
}
