import { carryRelevance, gradCam, rollOutAttention, upsampleBilinear, type ScoredTarget, type Sides } from '#attribution';
import type { AttentionGradients, ImageModel } from '#explainers';

/** Maps over a picture at the size that a model makes them of: places of a feature map, or patches. */
export class PictureMaps {
  constructor(
    private readonly model: ImageModel,
    private readonly input: Float32Array,
    private readonly target: ScoredTarget,
  ) {}

  /** Grad-CAM of the map that is taken where none is named, before it is cut at 0. */
  async gradCam(): Promise<CoarseMap> {
    const { standard } = await this.model.innerTensors();
    if (standard === null) throw new RangeError('the model has no feature map');
    const { shape, values, gradients } = await this.model.innerGradients(this.input, this.target, standard);
    if (shape.length === 3) {
      const [channels = 0, height = 0, width = 0] = shape;
      return {
        map: gradCam({ values, gradients, channels, places: height * width, order: 'channels-first' }),
        sides: { height, width },
        feature: { values, gradients },
      };
    }
    const [tokens = 0, channels = 0] = shape;
    const sides = squareOf(tokens);
    // The first token is of no patch.
    const patches = (numbers: Float32Array) => numbers.subarray(channels);
    const map = gradCam({
      ...{ values: patches(values), gradients: patches(gradients), channels, places: tokens - 1 },
      order: 'channels-last',
    });
    return { map, sides, feature: { values, gradients } };
  }

  attention(): Promise<AttentionGradients> {
    return this.model.attendBack(this.input, this.target);
  }

  relevance({ layers }: AttentionGradients): PatchMap {
    const tokens = layers[0]?.queries ?? 0;
    return { map: carryRelevance(layers, tokens).subarray(1, tokens), sides: squareOf(tokens) };
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

export interface CoarseMap extends PatchMap {
  /** What it was made of. */
  readonly feature: { readonly values: Float32Array; readonly gradients: Float32Array };
}

/** What Grad-CAM shows: what speaks against the class is cut off. */
export function cutAtZero({ map, sides }: PatchMap): PatchMap {
  return { map: map.map((value) => Math.max(value, 0)), sides };
}

/** Sides of a square of patches behind a first token. */
function squareOf(tokens: number): Sides {
  const side = Math.sqrt(tokens - 1);
  if (!Number.isInteger(side)) throw new RangeError(`${tokens} tokens are no square of patches and one more`);
  return { height: side, width: side };
}
