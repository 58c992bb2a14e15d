import { BinaryRows, cosineDistance, drawTextMask, limeKernel, type Neighbourhood } from '#attribution';

/**
 * Draws perturbations of a text and joins equal ones. Row 0 is the text itself.
 *
 * @param players at least 1
 * @param samples perturbations, the text itself included
 */
export function drawTextNeighbourhood(seed: number, players: number, samples: number, kernelWidth: number): Neighbourhood {
  const rows = new BinaryRows(players);
  const counts = new Uint32Array(samples);
  const kept = new Uint8Array(players).fill(1);
  for (let sample = 0; sample < samples; sample++) {
    if (sample > 0) drawTextMask(seed, sample, kept);
    const row = rows.intern(kept);
    counts[row] = (counts[row] ?? 0) + 1;
  }
  const kernelWeights = Float64Array.from({ length: rows.length }, (_, row) =>
    limeKernel(cosineDistance(rows.read(row, kept), players), kernelWidth),
  );
  return { rows, counts, kernelWeights };
}
