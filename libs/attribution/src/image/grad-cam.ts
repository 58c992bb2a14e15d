/** Features of one picture with their gradient, each in the same layout. */
export interface FeatureMap {
  readonly values: ArrayLike<number>;
  /** Derivative of the score with respect to each. */
  readonly gradients: ArrayLike<number>;
  readonly channels: number;
  /** Numbers of a channel: height x width, or the patches of a transformer without what stands before them. */
  readonly places: number;
  /** Whether a channel's numbers lie together ([channels, places]), or a place's ([places, channels]). */
  readonly order: 'channels-first' | 'channels-last';
}

/**
 * Which places of a feature map speak for the score: the sum over channels of the channel's mean gradient times its value. Before max(0, ·),
 * and at the size of the map.
 *
 * Source: R. R. Selvaraju et al. (2017), Grad-CAM, equations 1 and 2.
 */
export function gradCam({ values, gradients, channels, places, order }: FeatureMap): Float64Array {
  const size = channels * places;
  if (values.length !== size || gradients.length !== size)
    throw new RangeError(`a map has ${values.length} numbers and ${gradients.length} gradients, not ${size}`);
  const at = (channel: number, place: number) => (order === 'channels-first' ? channel * places + place : place * channels + channel);
  const map = new Float64Array(places);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let place = 0; place < places; place++) sum += gradients[at(channel, place)] ?? NaN;
    for (let place = 0; place < places; place++) map[place] = (map[place] ?? 0) + (sum / places) * (values[at(channel, place)] ?? NaN);
  }
  return map;
}
