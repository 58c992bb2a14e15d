import type { ExplainerOutput, Feature, TargetResult } from '../contract/explanation.js';

/** What the explained rows have in common, and what is counted over them: plain data. */
export interface ImportanceFacts {
  readonly targets: readonly Omit<TargetResult, 'score' | 'baseScore' | 'completenessGap'>[];
  /** Empty for texts. */
  readonly features: readonly Feature[];
  readonly rows: number;
  readonly evaluations: number;
  readonly budget: number;
  readonly estimated: boolean;
  readonly truncated: number;
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly hasErrors: boolean;
  /** Largest gap in size, per target. */
  readonly gaps: readonly number[];
}

/** Facts of no row yet, in the shape of the first row's explanation. */
export function openFacts(output: ExplainerOutput, isText: boolean): ImportanceFacts {
  return {
    targets: output.targets.map(({ score: _score, baseScore: _base, completenessGap: _gap, ...target }) => target),
    features: isText ? [] : output.features.map(withoutValue),
    rows: 0,
    evaluations: 0,
    budget: 0,
    estimated: false,
    truncated: 0,
    baseline: output.baseline,
    hasErrors: output.standardErrors !== null,
    gaps: output.targets.map(() => 0),
  };
}

/** The facts of one row, to be added to those of others. */
export function countRow(facts: ImportanceFacts, output: ExplainerOutput): ImportanceFacts {
  return addFacts(facts, {
    rows: 1,
    evaluations: output.evaluations,
    budget: output.budget,
    estimated: output.estimated,
    truncated: output.truncated ? 1 : 0,
    hasErrors: output.standardErrors !== null,
    gaps: output.targets.map((target) => target.completenessGap ?? NaN),
  });
}

/** Facts of rows with those of the rows after them. */
export function addFacts(mine: ImportanceFacts, theirs: Omit<ImportanceFacts, 'targets' | 'features' | 'baseline'>): ImportanceFacts {
  return {
    ...mine,
    rows: mine.rows + theirs.rows,
    evaluations: mine.evaluations + theirs.evaluations,
    budget: mine.budget + theirs.budget,
    estimated: mine.estimated || theirs.estimated,
    truncated: mine.truncated + theirs.truncated,
    hasErrors: mine.hasErrors || theirs.hasErrors,
    gaps: mine.gaps.map((gap, target) => larger(gap, theirs.gaps[target] ?? NaN)),
  };
}

function larger(one: number, other: number): number {
  return Math.abs(other) > Math.abs(one) ? other : one;
}

function withoutValue(feature: Feature): Feature {
  return 'value' in feature ? { ...feature, value: null } : feature;
}
