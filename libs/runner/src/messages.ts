import type { Plan, Progress } from '#explainers';
import type { ProblemCode } from '#platform';
import type {
  ConcludeOrder,
  ExplainOrder,
  ExplainRun,
  MergeOrder,
  ModelFiles,
  PartOrder,
  PartRun,
  PlanOrder,
  ProbedModel,
  ProbeOrder,
} from './runner.js';

/** What the parent asks of a child. One order at a time. */
export type Order =
  | { readonly kind: 'explain'; readonly order: ExplainOrder }
  | { readonly kind: 'plan'; readonly order: PlanOrder }
  | { readonly kind: 'part'; readonly order: PartOrder }
  | { readonly kind: 'merge'; readonly order: MergeOrder }
  | { readonly kind: 'conclude'; readonly order: ConcludeOrder }
  | { readonly kind: 'probe'; readonly order: ProbeOrder }
  | { readonly kind: 'preload'; readonly model: ModelFiles };

/** What each kind of order is answered with. */
export interface Answers {
  readonly explain: ExplainRun;
  readonly plan: Plan;
  readonly part: PartRun;
  readonly merge: Uint8Array;
  readonly conclude: ExplainRun;
  readonly probe: ProbedModel;
  readonly preload: null;
}

export interface ChildFailure {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly pointer: string | null;
  readonly remedy: string | null;
  /** For the parent's log alone; null where the failure was foreseen. */
  readonly stack: string | null;
}

interface AfterRun {
  /** Resident size now that the order is answered. */
  readonly rssBytes: number;
  /** Keys of the models that are open now. */
  readonly opened: readonly string[];
  /** Models opened since the answer before. */
  readonly loads: number;
}

export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | ({ readonly kind: 'done'; readonly value: Answers[Order['kind']] } & AfterRun)
  | ({ readonly kind: 'failed'; readonly failure: ChildFailure } & AfterRun);
