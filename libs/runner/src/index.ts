export { ChildPool, type ChildPoolOptions } from './child-pool.js';
export { readRss } from './read-rss.js';
export { RunFailure, type Failure } from './run-failure.js';
export {
  Runner,
  type ChildSnapshot,
  type ExplainOrder,
  type ExplainRun,
  type ModelFile,
  type ModelFiles,
  type ProbedModel,
  type ProbeOrder,
  type RunOptions,
} from './runner.js';
export type { InferenceRuntime, RunEnvironment } from './run-environment.js';
export { watchParent } from './watch-parent.js';
