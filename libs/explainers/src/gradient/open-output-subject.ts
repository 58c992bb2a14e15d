import { describeContinuation } from '../attention/describe-continuation.js';
import { openOutput } from '../attention/encoder-decoder/open-output.js';
import type { EncoderDecoderModel } from '../contract/encoder-decoder-model.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { LanguageModel } from '../contract/model.js';
import type { GradientParams } from './gradient-params.js';
import type { ReportedSubject } from './finish-gradient.js';
import { passRounding } from './pass-rounding.js';
import { readFollowing } from './read-following.js';
import { resolveTokenTargets, type TokenTarget } from './resolve-token-targets.js';
import { takeOutputInput } from './take-output-input.js';

/** A source with the output of an encoder-decoder, as far as the targets need it. */
export interface OutputSubject extends ReportedSubject {
  readonly source: Int32Array;
  /** Start tokens included. Its tokens follow those of the source among the features. */
  readonly output: Int32Array;
  /** Their positions are places in the output. */
  readonly targets: readonly TokenTarget[];
  readonly result: unknown;
}

/** Reads or generates the output of a source. Throws ExplainProblem as the input and the targets deserve. */
export async function openOutputSubject(
  request: ExplainRequest<GradientParams>,
  model: EncoderDecoderModel,
  context: ExplainContext,
): Promise<OutputSubject> {
  const input = takeOutputInput(request.input);
  const { source, before, completion, count } = openOutput(input, model);
  const { startTokens: first } = model;
  const reading = { model, first, completion, count, sequence: model.begin(source.ids) };
  const generated = await readFollowing(request, reading, context);
  const ids = Int32Array.from([...first, ...generated.map(({ tokenId }) => tokenId)]);
  const targets = await resolveTokenTargets(request, nameOutputTokens(model), { ids, promptLength: first.length, called: 'the output' });
  // What is behind the last token whose logits are read has no part in the score.
  const needed = 1 + Math.max(...targets.flatMap(({ scored }) => scored.tokens.map(({ position }) => position)));
  const { features } = describeContinuation(input, { encoding: before, completion, count }, generated, 0);
  const subject: OutputSubject = {
    ...{ model, targets, prediction: [], unexplained: [], warnings: [], source: source.ids },
    output: ids.subarray(0, needed),
    features: features.slice(0, source.ids.length + needed),
    result: { generated: [...generated] },
  };
  return passRounding(subject, request);
}

/** The vocabulary of a decoder as that of a language model. */
export function nameOutputTokens(model: EncoderDecoderModel): Pick<LanguageModel, 'outputs' | 'encode' | 'spell' | 'nameOf'> {
  return {
    outputs: model.outputs,
    encode: (text) => model.encodeOutput(text),
    spell: (before, ids) => model.spell(before, ids),
    nameOf: (id) => model.nameOf(id),
  };
}
