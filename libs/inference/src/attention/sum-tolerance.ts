/** How far a row of probabilities may be from 1: rounding of a few thousand terms, or of float16. */
export const sumTolerance = 1e-3;
