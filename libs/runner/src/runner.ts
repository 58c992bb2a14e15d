import type {
  DatasetPart,
  DatasetRequest,
  DatasetTotals,
  ExplainerOutput,
  ExplainInput,
  ExplainRequest,
  ModelDescription,
  Plan,
  Progress,
} from '#explainers';
import type { RunEnvironment } from './run-environment.js';

/** One file of a model as it was registered. */
export interface ModelFile {
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
}

/** A registered model on this machine. */
export interface ModelFiles {
  /** Absolute. */
  readonly folder: string;
  readonly description: ModelDescription;
  /** Checked against the disk before the model is opened. */
  readonly files: readonly ModelFile[];
}

export interface ExplainOrder {
  readonly method: string;
  /** Parsed by the method's schema, every default filled in. */
  readonly request: ExplainRequest<unknown>;
  readonly model: ModelFiles;
  /** `bypass`: no prediction made before this run is used. */
  readonly cache: 'use' | 'bypass';
}

/** An order to a method that reads a data set. */
interface DatasetOrder {
  readonly method: string;
  /** Parsed by the method's schema, every default filled in. */
  readonly request: DatasetRequest<unknown>;
  readonly model: ModelFiles;
}

export interface DatasetPlanOrder extends DatasetOrder {
  /** The first few rows asked for. */
  readonly sample: readonly ExplainInput[];
  readonly cache: 'use' | 'bypass';
}

export type PlanOrder = ExplainOrder | DatasetPlanOrder;

export interface PartOrder extends DatasetOrder {
  readonly part: DatasetPart;
  readonly rows: readonly ExplainInput[];
  readonly cache: 'use' | 'bypass';
}

/**
 * A few parts to be added to what was merged before, in their order. What a part found travels and rests as bytes that the
 * children alone write and read (`partial-bytes.ts`).
 */
export interface MergeOrder extends DatasetOrder {
  /** Null before the first part. */
  readonly before: Uint8Array | null;
  readonly parts: readonly Uint8Array[];
}

export interface ConcludeOrder extends DatasetOrder {
  readonly merged: Uint8Array;
  readonly totals: DatasetTotals;
}

export interface ProbeOrder {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** The files of an upload, each of which the model must have a use for; absent for a folder of the installation. */
  readonly uploaded?: readonly ModelFile[];
}

/** What registration learns of a model by running it. */
export interface ProbedModel {
  readonly description: ModelDescription;
  readonly files: readonly ModelFile[];
  readonly capabilities: Readonly<Record<string, unknown>>;
}

export interface RunOptions {
  /** Time of day at which the run is stopped with DEADLINE_EXCEEDED; null for none. */
  readonly deadline: Date | null;
  /** Resident bytes of the process above which it is stopped with RESOURCE_LIMIT. */
  readonly memoryLimitBytes: number;
  /** Aborting stops the run with CANCELLED. */
  readonly signal: AbortSignal;
  /** At most about ten calls a second; the last call of a finished run has done = total. */
  onProgress?(progress: Progress): void;
  /** Called once, when a process takes the order up. */
  onStart?(pid: number): void;
}

/** What a run took. */
export interface RunCosts {
  /** Milliseconds in the child, from taking the order up to the answer; loading the model included. */
  readonly wallMs: number;
  /** The part of `wallMs` spent waiting for the model's predictions. */
  readonly modelMs: number;
  /** Processor time of the child over the same span, all threads. */
  readonly cpuMs: number;
  /** Largest resident size seen over the same span; sampled about ten times a second. */
  readonly peakRssBytes: number;
  readonly environment: RunEnvironment;
}

export interface ExplainRun extends RunCosts {
  readonly output: ExplainerOutput;
}

export interface PartRun extends RunCosts {
  readonly partial: Uint8Array;
  readonly evaluations: number;
  /** Rows that went through the model. */
  readonly modelRows: number;
}

/** A child process, for readiness and tests. */
export interface ChildSnapshot {
  readonly pid: number;
  readonly state: 'starting' | 'idle' | 'busy' | 'stopping';
  readonly runs: number;
  /** Null until it was measured. */
  readonly rssBytes: number | null;
}

/**
 * Runs explanations outside this process, so that a model can neither block, crash nor exhaust it. All methods
 * reject with RunFailure and nothing else.
 */
export abstract class Runner {
  abstract explain(order: ExplainOrder, options: RunOptions): Promise<ExplainRun>;
  /** What `explain` would do, without spending budget. */
  abstract plan(order: PlanOrder, options: RunOptions): Promise<Plan>;
  /** Explains the rows of a part. */
  abstract explainPart(order: PartOrder, options: RunOptions): Promise<PartRun>;
  abstract mergeParts(order: MergeOrder, options: RunOptions): Promise<Uint8Array>;
  /** Makes the explanation of what all parts found. */
  abstract concludeParts(order: ConcludeOrder, options: RunOptions): Promise<ExplainRun>;
  /** Reads and runs a model that nobody trusts yet. */
  abstract probe(order: ProbeOrder, options: RunOptions): Promise<ProbedModel>;
  abstract children(): readonly ChildSnapshot[];
  /** Stops every child; what runs or waits rejects with SHUTTING_DOWN. */
  abstract close(): Promise<void>;
}
