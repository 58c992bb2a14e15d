import {
  BinaryRows,
  drawRow,
  euclideanDistance,
  isDiscrete,
  limeKernel,
  type DrawnRow,
  type Neighbourhood,
  type PerturbedTable,
} from '#attribution';

export interface TableNeighbourhood extends Neighbourhood {
  /** For each row of the neighbourhood a sample that drew it; 0 is the row itself. */
  readonly sampleOf: Uint32Array;
}

/**
 * Draws perturbations of a row; row 0 is the row itself. Equal ones are joined where every column is discrete; where one is not, no two are
 * equal but by chance.
 *
 * @param samples perturbations, the row itself included
 */
export function drawTableNeighbourhood(table: PerturbedTable, seed: number, samples: number, kernelWidth: number): TableNeighbourhood {
  const columns = table.laws.length;
  const rows = new BinaryRows(columns);
  const drawn = makeDrawnRow(columns);
  const counts = new Uint32Array(samples);
  const sampleOf = new Uint32Array(samples);
  const place = table.laws.every(isDiscrete) ? joinEqual(table) : null;
  rows.append(drawn.same.fill(1));
  counts[0] = 1;
  for (let sample = 1; sample < samples; sample++) {
    drawRow(table, seed, sample, drawn);
    const row = place === null ? rows.length : 1 + place(drawn.outcomes);
    if (row === rows.length) sampleOf[rows.append(drawn.same)] = sample;
    counts[row] = (counts[row] ?? 0) + 1;
  }
  const kernelWeights = Float64Array.from({ length: rows.length }, (_, row) =>
    limeKernel(euclideanDistance(rows.read(row, drawn.same), columns), kernelWidth),
  );
  return { rows, counts, kernelWeights, sampleOf };
}

/** Arrays for a draw of so many columns. */
export function makeDrawnRow(columns: number): DrawnRow {
  return { values: new Float64Array(columns), outcomes: new Int32Array(columns), same: new Uint8Array(columns) };
}

/** Numbers rows by their outcomes, in order of first appearance. A row is kept as one bit per possible outcome. */
function joinEqual({ laws }: PerturbedTable): (outcomes: Int32Array) => number {
  const starts: number[] = [];
  let width = 0;
  for (const law of laws) {
    starts.push(width);
    width += law.cumulative.length;
  }
  const seen = new BinaryRows(width);
  const bits = new Uint8Array(width);
  return (outcomes) => {
    bits.fill(0);
    starts.forEach((start, column) => (bits[start + (outcomes[column] ?? 0)] = 1));
    return seen.intern(bits);
  };
}
