import type { NumberRange } from '#attribution';
import type { Feature } from '../contract/explanation.js';

/** The numbers of the tokens of each feature, of so many each. */
export function tokenParts(features: readonly Feature[], width: number): readonly (readonly NumberRange[])[] {
  return features.map((feature) =>
    'tokens' in feature ? feature.tokens.map((token): NumberRange => [token * width, (token + 1) * width]) : [],
  );
}
