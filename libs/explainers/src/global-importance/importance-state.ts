import { drawPoissonWeights, RowSample, WordTable, type SampledRow, type WordTableData } from '#attribution';
import { CompensatedSums, QuantileSketch, type SketchData } from '#numeric';
import type { ExplainerOutput, Feature, TargetResult } from '../contract/explanation.js';
import type { PartialResult } from '../contract/global-explainer.js';
import { RowCounter, type RowCounts } from './row-counts.js';

/** Different words kept at most; text with more loses the rarest, with a bound on what was lost. */
const mostWords = 5000;

/** What a row of the sample keeps. */
export interface SampledAttributions {
  readonly values: readonly (number | string | null)[];
  /** [target][feature] */
  readonly attributions: readonly (readonly number[])[];
}

/** Sums over the rows that every target has. */
const rowSums = ['score', 'baseScore'] as const;

/** Everything that does not fit among the numbers. */
interface StateDocument {
  readonly targets: readonly Omit<TargetResult, 'score' | 'baseScore' | 'completenessGap'>[];
  readonly features: readonly Feature[];
  readonly isText: boolean;
  readonly rows: number;
  readonly evaluations: number;
  readonly budget: number;
  readonly estimated: boolean;
  readonly truncated: number;
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly hasErrors: boolean;
  /** Largest gap in size, per target. */
  readonly gaps: readonly number[];
  readonly failed: RowCounts;
  readonly warned: RowCounts;
  /** [target][feature] */
  readonly sketches: readonly (readonly SketchData[])[];
  readonly sample: readonly SampledRow<SampledAttributions>[];
  readonly words: WordTableData | null;
}

/** What becomes of a state between processes, beside its numbers. */
interface PartialDocument {
  /** Null where no row could be explained. */
  readonly state: StateDocument | null;
  readonly failed: RowCounts;
  readonly ignored: readonly string[];
}

/** What decides the shape of a state and its chance. */
export interface ImportanceSettings {
  readonly seed: number;
  readonly replicates: number;
  readonly sample: number;
}

/** What a target's numbers come from: the sums of one place. */
export interface ColumnSums {
  readonly mean: number;
  readonly meanAbs: number;
  readonly meanError: number | null;
  /** Of each replicate in which any row was drawn. */
  readonly replicatedMeans: readonly number[];
  readonly replicatedMeanAbs: readonly number[];
  readonly sketch: QuantileSketch;
}

/**
 * Attributions of many rows in a space that does not depend on their number: sums, bootstrap sums, sketches, a sample and a
 * table of words. States of parts are merged in the order of the parts.
 */
export class ImportanceState {
  private readonly failed: RowCounter;
  private readonly warned: RowCounter;
  private readonly sample: RowSample<SampledAttributions>;
  private readonly weights: Uint8Array;
  private ignored: readonly string[] = [];
  private document: StateDocument | null = null;
  private sketches: QuantileSketch[][] = [];
  private words: WordTable | null = null;
  private sums = CompensatedSums.zero(0);

  constructor(private readonly settings: ImportanceSettings) {
    this.failed = new RowCounter();
    this.warned = new RowCounter();
    this.sample = new RowSample(settings.seed, settings.sample);
    this.weights = new Uint8Array(settings.replicates);
  }

  static of(partial: PartialResult, settings: ImportanceSettings): ImportanceState {
    const state = new ImportanceState(settings);
    state.merge(partial);
    return state;
  }

  /** Rows explained. */
  get rows(): number {
    return this.document?.rows ?? 0;
  }

  get failures(): RowCounts {
    return this.failed.toData();
  }

  get warnings(): RowCounts {
    return this.warned.toData();
  }

  get facts(): StateDocument | null {
    return this.document;
  }

  get sampledRows(): readonly SampledRow<SampledAttributions>[] {
    return this.sample.rows();
  }

  get wordTable(): WordTable | null {
    return this.words;
  }

  /** Columns of the data set that the model does not read. */
  get ignoredColumns(): readonly string[] {
    return this.ignored;
  }

  /** The rows have columns that the model does not read. */
  ignore(columns: readonly string[]): void {
    this.ignored = columns;
  }

  /** Counts a row that could not be explained. */
  fail(code: string): void {
    this.failed.add(code);
  }

  /**
   * Takes the explanation of a row in.
   *
   * @param row its number in the data set
   */
  add(row: number, output: ExplainerOutput, isText: boolean): void {
    const before = this.document ?? this.open(output, isText);
    this.document = before;
    const targets = output.targets.length;
    drawPoissonWeights(this.settings.seed, row, this.weights);
    this.weights.forEach((weight, replicate) => this.sums.add(this.weightPlace(replicate), weight));
    output.targets.forEach((target, index) => {
      this.sums.add(this.rowPlace(index, 'score'), target.score);
      this.sums.add(this.rowPlace(index, 'baseScore'), target.baseScore);
    });
    if (isText) this.addWords(output);
    else this.addColumns(row, output);
    for (const code of new Set(output.warnings.map((warning) => warning.code))) this.warned.add(code);
    this.document = {
      ...before,
      rows: before.rows + 1,
      evaluations: before.evaluations + output.evaluations,
      budget: before.budget + output.budget,
      estimated: before.estimated || output.estimated,
      truncated: before.truncated + (output.truncated ? 1 : 0),
      gaps: Array.from({ length: targets }, (_, index) => larger(before.gaps[index] ?? 0, output.targets[index]?.completenessGap ?? NaN)),
    };
  }

  /** Adds what the next part found, straight from its data: no second state is made of it. */
  merge({ document, numbers }: PartialResult): void {
    // Written by `toPartial`, and authenticated by its seal on the way.
    const next = document as PartialDocument;
    this.failed.merge(next.failed);
    this.ignored = next.ignored;
    const theirs = next.state;
    if (theirs === null) return;
    this.warned.merge(theirs.warned);
    for (const { row, item } of theirs.sample) this.sample.offer(row, () => item);
    const sums = new CompensatedSums(numbers.subarray(0, numbers.length / 2), numbers.subarray(numbers.length / 2));
    const mine = this.document;
    if (mine === null) {
      this.document = { ...theirs, sketches: [], sample: [], words: null };
      this.sketches = theirs.sketches.map((row) => row.map((sketch) => QuantileSketch.of(sketch)));
      this.words = theirs.words === null ? null : WordTable.of(theirs.words, theirs.targets.length, mostWords);
      this.sums = new CompensatedSums(sums.sums.slice(), sums.lost.slice());
      return;
    }
    this.sketches.forEach((row, target) => {
      row.forEach((sketch, feature) => {
        const other = theirs.sketches[target]?.[feature];
        if (other !== undefined) sketch.merge(QuantileSketch.of(other));
      });
    });
    if (theirs.words !== null) this.words?.merge(WordTable.of(theirs.words, theirs.targets.length, mostWords));
    this.sums.merge(sums);
    this.document = {
      ...mine,
      rows: mine.rows + theirs.rows,
      evaluations: mine.evaluations + theirs.evaluations,
      budget: mine.budget + theirs.budget,
      estimated: mine.estimated || theirs.estimated,
      truncated: mine.truncated + theirs.truncated,
      hasErrors: mine.hasErrors || theirs.hasErrors,
      gaps: mine.gaps.map((gap, index) => larger(gap, theirs.gaps[index] ?? 0)),
    };
  }

  toPartial(): PartialResult {
    const { sums, lost } = this.sums;
    const numbers = new Float64Array(2 * sums.length);
    numbers.set(sums);
    numbers.set(lost, sums.length);
    const state: StateDocument | null =
      this.document === null
        ? null
        : {
            ...this.document,
            warned: this.warnings,
            sketches: this.sketches.map((row) => row.map((sketch) => sketch.toData())),
            sample: this.sample.rows(),
            words: this.words?.toData() ?? null,
          };
    const document: PartialDocument = { state, failed: this.failures, ignored: this.ignored };
    return { document, numbers };
  }

  meanScore(target: number): number {
    return this.sums.total(this.rowPlace(target, 'score')) / this.rows;
  }

  meanBaseScore(target: number): number {
    return this.sums.total(this.rowPlace(target, 'baseScore')) / this.rows;
  }

  column(target: number, feature: number): ColumnSums {
    const sketch = this.sketches[target]?.[feature];
    if (sketch === undefined) throw new RangeError(`no feature ${feature} of target ${target}`);
    const place = this.columnPlace(target, feature);
    const replicate = (offset: number): number[] =>
      Array.from(this.weights, (_, index) => this.sums.total(place + offset + 2 * index) / this.sums.total(this.weightPlace(index))).filter(
        Number.isFinite,
      );
    return {
      mean: this.sums.total(place) / this.rows,
      meanAbs: this.sums.total(place + 1) / this.rows,
      meanError: this.document?.hasErrors === true ? this.sums.total(place + 2) / this.rows : null,
      replicatedMeans: replicate(3),
      replicatedMeanAbs: replicate(4),
      sketch,
    };
  }

  /** Makes room in the shape of the first row's explanation. */
  private open(output: ExplainerOutput, isText: boolean): StateDocument {
    const features = isText ? [] : output.features.map(withoutValue);
    this.sketches = output.targets.map(() => features.map(() => new QuantileSketch()));
    this.words = isText ? new WordTable(output.targets.length, mostWords) : null;
    const { replicates } = this.settings;
    this.sums = CompensatedSums.zero(replicates + output.targets.length * (rowSums.length + features.length * columnNumbers(replicates)));
    return {
      targets: output.targets.map(({ score: _score, baseScore: _base, completenessGap: _gap, ...target }) => target),
      features,
      isText,
      rows: 0,
      evaluations: 0,
      budget: 0,
      estimated: false,
      truncated: 0,
      baseline: output.baseline,
      hasErrors: output.standardErrors !== null,
      gaps: output.targets.map(() => 0),
      failed: [],
      warned: [],
      sketches: [],
      sample: [],
      words: null,
    };
  }

  private addColumns(row: number, output: ExplainerOutput): void {
    output.attributions.forEach((attributions, target) => {
      attributions.forEach((value, feature) => {
        this.sketches[target]?.[feature]?.add(value);
        const place = this.columnPlace(target, feature);
        const size = Math.abs(value);
        this.sums.add(place, value);
        this.sums.add(place + 1, size);
        this.sums.add(place + 2, output.standardErrors?.[target]?.[feature] ?? 0);
        for (let replicate = 0; replicate < this.weights.length; replicate++) {
          const weight = this.weights[replicate] ?? 0;
          if (weight === 0) continue;
          this.sums.add(place + 3 + 2 * replicate, weight * value);
          this.sums.add(place + 4 + 2 * replicate, weight * size);
        }
      });
    });
    this.sample.offer(row, () => ({
      values: output.features.map((feature) => ('value' in feature ? feature.value : null)),
      attributions: output.attributions,
    }));
  }

  private addWords(output: ExplainerOutput): void {
    output.features.forEach((feature, index) => {
      const text = 'text' in feature ? feature.text : feature.name;
      this.words?.add(
        text.toLowerCase(),
        output.attributions.map((row) => row[index] ?? NaN),
      );
    });
  }

  private weightPlace(replicate: number): number {
    return replicate;
  }

  private rowPlace(target: number, name: (typeof rowSums)[number]): number {
    return this.settings.replicates + target * rowSums.length + rowSums.indexOf(name);
  }

  /** First of a column's numbers: Σ a, Σ |a|, Σ error, then for each replicate Σ w a, Σ w |a|. */
  private columnPlace(target: number, feature: number): number {
    const { targets = [], features = [] } = this.document ?? {};
    const first = this.settings.replicates + targets.length * rowSums.length;
    return first + (target * features.length + feature) * columnNumbers(this.settings.replicates);
  }
}

function columnNumbers(replicates: number): number {
  return 3 + 2 * replicates;
}

function larger(one: number, other: number): number {
  return Math.abs(other) > Math.abs(one) ? other : one;
}

function withoutValue(feature: Feature): Feature {
  return 'value' in feature ? { ...feature, value: null } : feature;
}
