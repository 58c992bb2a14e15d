import { rollOutAttention, upsampleBilinear, type ScoredTarget, type Sides } from '#attribution';
import type { AttentionGradients, ImageModel, InnerGradients } from '#explainers';

/** What lies behind the maps of the methods, and the rollout, which no method gives of a picture. */
export class PictureMaps {
  constructor(
    private readonly model: ImageModel,
    private readonly input: Float32Array,
    private readonly target: ScoredTarget,
  ) {}

  /** The map that Grad-CAM reads where none is named, with its gradient. */
  async feature(): Promise<InnerGradients> {
    const { standard } = await this.model.innerTensors();
    if (standard === null) throw new RangeError('the model has no feature map');
    return this.model.innerGradients(this.input, this.target, standard);
  }

  attention(): Promise<AttentionGradients> {
    return this.model.attendBack(this.input, this.target);
  }

  rollout({ layers }: AttentionGradients): PatchMap {
    const tokens = layers[0]?.queries ?? 0;
    return { map: rollOutAttention(layers, tokens).subarray(1, tokens), sides: squareOf(tokens) };
  }

  /** A map at the size of the picture. */
  enlarge({ map, sides }: PatchMap): Float64Array {
    return upsampleBilinear(map, sides, this.model.shape);
  }
}

/** A map with its sides. */
export interface PatchMap {
  readonly map: Float64Array;
  readonly sides: Sides;
}

function squareOf(tokens: number): Sides {
  const side = Math.sqrt(tokens - 1);
  if (!Number.isInteger(side)) throw new RangeError(`${tokens} tokens are no square of patches and one more`);
  return { height: side, width: side };
}
