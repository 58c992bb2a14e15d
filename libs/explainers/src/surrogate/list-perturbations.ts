import type { BinaryRows, Coalitions } from '#attribution';

/** The rows of a neighbourhood that the model must be asked for: all but row 0, the input itself. */
export function listPerturbations(rows: BinaryRows): Coalitions {
  return {
    players: rows.features,
    length: rows.length - 1,
    read(index, into) {
      rows.read(index + 1, into);
    },
  };
}

/** Scores of a whole neighbourhood: that of the input, then those of its perturbations. */
export function joinScores(input: number, perturbations: Float64Array): Float64Array {
  const scores = new Float64Array(perturbations.length + 1);
  scores[0] = input;
  scores.set(perturbations, 1);
  return scores;
}
