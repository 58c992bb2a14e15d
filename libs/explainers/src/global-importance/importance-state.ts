import { drawPoissonWeights, RowSample, WordTable, type SampledRow, type WordTableData } from '#attribution';
import { QuantileSketch, type SketchData } from '#numeric';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { PartialResult } from '../contract/global-explainer.js';
import { addFacts, countRow, openFacts, type ImportanceFacts } from './importance-facts.js';
import { ImportanceSums, type ColumnMeans } from './importance-sums.js';
import { RowCounter, type RowCounts } from './row-counts.js';

/** Different words kept at most; text with more loses the rarest, with a bound on what was lost. */
export const mostWords = 5000;

/** What a row of the sample keeps. */
export interface SampledAttributions {
  readonly values: readonly (number | string | null)[];
  /** [target][feature] */
  readonly attributions: readonly (readonly number[])[];
}

/** What becomes of a state between processes, beside its numbers. */
interface StateDocument {
  readonly failed: RowCounts;
  /** Of the rows that failed. */
  readonly lostEvaluations: number;
  readonly ignored: readonly string[];
  /** Null where no row could be explained. */
  readonly explained: {
    readonly facts: ImportanceFacts;
    readonly warned: RowCounts;
    /** [target][feature] */
    readonly sketches: readonly (readonly SketchData[])[];
    readonly sample: readonly SampledRow<SampledAttributions>[];
    /** Null where the rows are no texts. */
    readonly words: WordTableData | null;
  } | null;
}

/** What decides the shape of a state and its chance. */
export interface ImportanceSettings {
  readonly seed: number;
  readonly replicates: number;
  readonly sample: number;
}

/** Everything that grew with the first row: its shape is that of the first explanation. */
interface Explained {
  readonly facts: ImportanceFacts;
  readonly sums: ImportanceSums;
  readonly sketches: readonly (readonly QuantileSketch[])[];
  readonly words: WordTable | null;
}

/** What is known of a column over all rows. */
export interface ColumnSums extends Omit<ColumnMeans, 'meanError'> {
  /** Null where the local method has no errors. */
  readonly meanError: number | null;
  readonly sketch: QuantileSketch;
}

/**
 * Attributions of many rows in a space that does not depend on their number: sums, bootstrap sums, sketches, a sample and a
 * table of words. States of parts are merged in the order of the parts.
 */
export class ImportanceState {
  private readonly failed = new RowCounter();
  private readonly warned = new RowCounter();
  private readonly sample: RowSample<SampledAttributions>;
  private readonly weights: Uint8Array;
  private ignored: readonly string[] = [];
  private lostEvaluations = 0;
  private explained: Explained | null = null;

  constructor(private readonly settings: ImportanceSettings) {
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
    return this.facts?.rows ?? 0;
  }

  get failures(): RowCounts {
    return this.failed.toData();
  }

  get warnings(): RowCounts {
    return this.warned.toData();
  }

  get facts(): ImportanceFacts | null {
    return this.explained?.facts ?? null;
  }

  get sampledRows(): readonly SampledRow<SampledAttributions>[] {
    return this.sample.rows();
  }

  get wordTable(): WordTable | null {
    return this.explained?.words ?? null;
  }

  /** Columns of the data set that the model does not read. */
  get ignoredColumns(): readonly string[] {
    return this.ignored;
  }

  /** The rows have columns that the model does not read. */
  ignore(columns: readonly string[]): void {
    this.ignored = columns;
  }

  /** Counts a row that could not be explained. @param evaluations it took before it failed */
  fail(code: string, evaluations: number): void {
    this.failed.add(code);
    this.lostEvaluations += evaluations;
  }

  /** Of all rows, those included that failed. */
  get evaluations(): number {
    return (this.facts?.evaluations ?? 0) + this.lostEvaluations;
  }

  /**
   * Takes the explanation of a row in.
   *
   * @param row its number in the data set
   * @param isText whether the row is a text, of which words are kept; of all rows or none
   */
  add(row: number, output: ExplainerOutput, isText: boolean): void {
    const explained = this.explained ?? this.open(output, isText);
    const { sums, sketches, words } = explained;
    drawPoissonWeights(this.settings.seed, row, this.weights);
    sums.addRow(this.weights, output.targets);
    if (words === null) this.addColumns(row, output, sums, sketches);
    else addWords(output, words);
    for (const code of new Set(output.warnings.map((warning) => warning.code))) this.warned.add(code);
    this.explained = { ...explained, facts: countRow(explained.facts, output) };
  }

  /** Adds what the next part found, straight from its data: no second state is made of it. */
  merge({ document, numbers }: PartialResult): void {
    // Written by `toPartial`, and authenticated by its seal on the way.
    const { failed, lostEvaluations, ignored, explained: theirs } = document as StateDocument;
    this.failed.merge(failed);
    this.lostEvaluations += lostEvaluations;
    this.ignored = ignored;
    if (theirs === null) return;
    const { facts } = theirs;
    this.warned.merge(theirs.warned);
    for (const { row, item } of theirs.sample) this.sample.offer(row, () => item);
    const words = theirs.words === null ? null : WordTable.of(theirs.words, facts.targets.length, mostWords);
    const mine = this.explained;
    if (mine === null) {
      const sketches = theirs.sketches.map((row) => row.map((sketch) => QuantileSketch.of(sketch)));
      this.explained = { facts, sums: new ImportanceSums(this.shapeOf(facts), numbers), sketches, words };
      return;
    }
    mine.sketches.forEach((row, target) => {
      row.forEach((sketch, feature) => {
        const other = theirs.sketches[target]?.[feature];
        if (other !== undefined) sketch.merge(QuantileSketch.of(other));
      });
    });
    if (words !== null) mine.words?.merge(words);
    mine.sums.merge(numbers);
    this.explained = { ...mine, facts: addFacts(mine.facts, facts) };
  }

  /** The numbers are those of the state itself, which is not to be added to any more. */
  toPartial(): PartialResult {
    const { explained } = this;
    const document: StateDocument = {
      failed: this.failures,
      lostEvaluations: this.lostEvaluations,
      ignored: this.ignored,
      explained:
        explained === null
          ? null
          : {
              facts: explained.facts,
              warned: this.warnings,
              sketches: explained.sketches.map((row) => row.map((sketch) => sketch.toData())),
              sample: this.sample.rows(),
              words: explained.words?.toData() ?? null,
            },
    };
    return { document, numbers: explained?.sums.numbers ?? new Float64Array(0) };
  }

  meanScore(target: number): number {
    return this.explained?.sums.meanOf('score', target, this.rows) ?? NaN;
  }

  meanBaseScore(target: number): number {
    return this.explained?.sums.meanOf('baseScore', target, this.rows) ?? NaN;
  }

  /** @throws RangeError for a column that there is not */
  column(target: number, feature: number): ColumnSums {
    const sketch = this.explained?.sketches[target]?.[feature];
    if (this.explained === null || sketch === undefined) throw new RangeError(`no feature ${feature} of target ${target}`);
    const { sums, facts } = this.explained;
    const { meanError, ...means } = sums.column(target, feature, facts.rows);
    return { ...means, meanError: facts.hasErrors ? meanError : null, sketch };
  }

  /** Makes room in the shape of the first row's explanation. */
  private open(output: ExplainerOutput, isText: boolean): Explained {
    const facts = openFacts(output, isText);
    return {
      facts,
      sums: new ImportanceSums(this.shapeOf(facts)),
      sketches: facts.targets.map(() => facts.features.map(() => new QuantileSketch())),
      words: isText ? new WordTable(facts.targets.length, mostWords) : null,
    };
  }

  private shapeOf({ targets, features }: ImportanceFacts) {
    return { targets: targets.length, features: features.length, replicates: this.settings.replicates };
  }

  private addColumns(row: number, output: ExplainerOutput, sums: ImportanceSums, sketches: Explained['sketches']): void {
    output.attributions.forEach((attributions, target) => {
      const errors = output.standardErrors?.[target];
      attributions.forEach((value, feature) => {
        sketches[target]?.[feature]?.add(value);
        sums.addColumn(target, feature, value, errors?.[feature] ?? 0, this.weights);
      });
    });
    this.sample.offer(row, () => ({
      values: output.features.map((feature) => ('value' in feature ? feature.value : null)),
      attributions: output.attributions,
    }));
  }
}

function addWords(output: ExplainerOutput, words: WordTable): void {
  output.features.forEach((feature, index) => {
    const text = 'text' in feature ? feature.text : feature.name;
    words.add(
      text.toLowerCase(),
      output.attributions.map((row) => row[index] ?? NaN),
    );
  });
}
