import { findPatches, gradCam, upsampleBilinear, type Sides } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { InnerGradients } from '../contract/differentiable.js';
import type { PictureMap } from '../gradient/map-targets.js';

/**
 * Grad-CAM of a feature map [channels, height, width], or of hidden states [tokens, width] over patches, enlarged to the picture.
 *
 * @returns `coarse` at the size of the feature map, before max(0, ·); `map` at that of the picture, 0 or more
 * @throws ExplainProblem METHOD_NOT_APPLICABLE where tokens are no grid of patches
 */
export function mapPicture({ tensor, shape, values, gradients }: InnerGradients, picture: Sides): Omit<PictureMap, 'score'> {
  const found = shape.length === 3 ? fromMap() : fromTokens();
  return {
    ...found,
    map: upsampleBilinear(
      Float64Array.from(found.coarse, (value) => Math.max(0, value)),
      found.sides,
      picture,
    ),
  };

  function fromMap(): Pick<PictureMap, 'coarse' | 'sides'> {
    const [channels = 0, height = 0, width = 0] = shape;
    return { coarse: gradCam({ values, gradients, channels, places: height * width, order: 'channels-first' }), sides: { height, width } };
  }

  function fromTokens(): Pick<PictureMap, 'coarse' | 'sides'> {
    const [tokens = 0, channels = 0] = shape;
    const grid = findPatches(tokens, picture);
    if (grid === null) {
      const detail = `the ${tokens} tokens of ${tensor} are no grid of patches of a picture of ${picture.height} x ${picture.width}`;
      throw new ExplainProblem('METHOD_NOT_APPLICABLE', detail, '/params/tensor', 'Name another feature map.');
    }
    const own = (numbers: Float32Array) => numbers.subarray(grid.before * channels);
    const places = grid.rows * grid.columns;
    const coarse = gradCam({ values: own(values), gradients: own(gradients), channels, places, order: 'channels-last' });
    return { coarse, sides: { height: grid.rows, width: grid.columns } };
  }
}
