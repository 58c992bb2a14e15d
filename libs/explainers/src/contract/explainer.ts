import type { z } from 'zod';
import type { ExplainerOutput, Feature, Warning } from './explanation.js';
import type { KnownAttention } from './known-attention.js';
import type { ModelDescription } from './model-description.js';
import type { Model, Table } from './model.js';
import type { Family, Task } from './task.js';

/** True once the run should stop. `AbortSignal` is not at hand in the pure rooms. */
export interface Cancellation {
  readonly aborted: boolean;
}

/** The part of a request that an explainer reads, after the schemas have parsed it and filled in defaults. */
export interface ExplainRequest<Params> {
  readonly input: ExplainInput;
  /** At least one; `{}` means the predicted class in the task's default space. */
  readonly targets: readonly TargetRequest[];
  /** RFC 6901 pointer of each target in the request body; `/targets/<i>` where absent. */
  readonly targetPointers?: readonly string[];
  readonly params: Params;
  /** Rows that stand for absence, where they were read before: those of the data set that `params.background` names, above all. */
  readonly background?: Table;
  /** 0 … 2^53 - 1. */
  readonly seed: number;
}

/** One text, one row, one picture, or a text for a language model to go on with. */
export type ExplainInput =
  | { readonly text: string }
  | { readonly features: Readonly<Record<string, string | number>> }
  | { readonly image: ImageInput }
  | PromptInput;

/** A picture as a file. */
export interface ImageInput {
  readonly mediaType: 'image/png' | 'image/jpeg';
  /** RFC 4648, padded, without line breaks. */
  readonly base64: string;
}

/** A prompt, and either how to go on or how it went on. */
export type PromptInput =
  { readonly prompt: string; readonly generate: GenerateOptions } | { readonly prompt: string; readonly completion: string };

export interface GenerateOptions {
  /** At least 1. */
  readonly maxTokens: number;
  /** greedy: the likeliest token each time. Else drawn, from the seed of the request. */
  readonly sampling: 'greedy' | TokenSampling;
}

export interface TokenSampling {
  /** Divides the logits; above 0. */
  readonly temperature: number;
  /** The likeliest so many tokens are drawn from; null for all. */
  readonly topK: number | null;
  /** The likeliest tokens that have at least this probability together are drawn from, 0 … 1; null for all. */
  readonly topP: number | null;
}

export interface TargetRequest {
  /** Class label or index. */
  readonly class?: string | number | undefined;
  /** Classes by label or index; tokens of a language model by text or id. */
  readonly contrast?: readonly [string | number, string | number] | undefined;
  /** Of a language model: a token by its text, or by its id. */
  readonly token?: string | undefined;
  readonly tokenId?: number | undefined;
  /** Index of the token whose logits are read; of an encoder-decoder its place in the output, start tokens included. */
  readonly position?: number | undefined;
  /** Which of the tokens after a prompt, from 0. */
  readonly generated?: readonly number[] | undefined;
  readonly space?: string | undefined;
}

export interface Progress {
  /** Evaluations done of `total`. */
  readonly done: number;
  readonly total: number;
  readonly phase: string;
}

export interface ExplainContext {
  readonly model: Model;
  readonly cancellation: Cancellation;
  /** May be called often; the caller throttles. */
  report(progress: Progress): void;
}

/** Answer to validateOnly: what a run would do, before any budget is spent. */
export interface Plan {
  readonly features: readonly Feature[];
  readonly estimatedEvaluations: number;
  readonly estimatedModelRows: number;
  readonly warnings: readonly Warning[];
}

/** Something that some models of a task have and others lack, as registration found. */
export type ModelNeed = 'attention' | 'gradient' | 'feature-maps';

/**
 * An explanation method as a value. Everything the platform needs to know of a method is here: the
 * request body, OpenAPI, dispatch, the check of stored results, the table of defaults.
 */
export interface MethodDefinition<Params> {
  /** Method id = folder name = queue job name = OpenAPI schema root, kebab-case. */
  readonly method: string;
  readonly family: Family;
  readonly tasks: readonly Task[];
  /** What of a model its task does not promise; nothing where it is left out. */
  readonly needs?: readonly ModelNeed[];
  /** Two or three sentences in plain English: what it gives, what it costs, the source. */
  readonly about: string;
  /** Strict object with every default; described with `.meta({ description })`. */
  readonly params: z.ZodType<Params>;
  /** Schema of `ExplainerOutput.result`; null where the method has no part of its own. */
  readonly result: z.ZodType | null;
  /**
   * Fills in the defaults that depend on the model, so that the stored request says what was run. Called after `check`;
   * absent where the schema knows every default.
   */
  complete?(params: Params, description: ModelDescription): Params;
}

/** A method that explains one text or one row. */
export interface LocalExplainer<Params = unknown> extends MethodDefinition<Params> {
  readonly reads?: 'row';
  /**
   * Checks that need no tokenizer and no graph, made before a job is accepted: columns, categories,
   * classes, number of players, budget, layers and heads. Throws ExplainProblem.
   *
   * @param attention as registration read it; absent where it could not tell
   */
  check(request: ExplainRequest<Params>, description: ModelDescription, attention?: KnownAttention): void;
  /** Throws ExplainProblem. */
  plan(request: ExplainRequest<Params>, model: Model): Promise<Plan>;
  /** Throws ExplainProblem. */
  explain(request: ExplainRequest<Params>, context: ExplainContext): Promise<ExplainerOutput>;
}

/** Keeps the parameter type of a definition while the registry holds it as `Explainer`. */
export function defineExplainer<Params>(explainer: LocalExplainer<Params>): LocalExplainer {
  return explainer;
}
