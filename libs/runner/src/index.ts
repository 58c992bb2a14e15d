export { ChildPool, type ChildPoolOptions } from './child-pool.js';
export { findCompiled } from './find-compiled.js';
export { readRss } from './read-rss.js';
export { RunFailure, type Failure } from './run-failure.js';
export {
  Runner,
  type ChildSnapshot,
  type ConcludeOrder,
  type DatasetPlanOrder,
  type ExplainOrder,
  type ExplainRun,
  type MergeOrder,
  type ModelFile,
  type ModelFiles,
  type PartOrder,
  type PartRun,
  type PlanOrder,
  type ProbedModel,
  type ProbeOrder,
  type RunOptions,
} from './runner.js';
export type { InferenceRuntime, RunEnvironment } from './run-environment.js';
export { watchParent } from './watch-parent.js';
