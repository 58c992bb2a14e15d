import { carryCrossRelevance } from '#attribution';
import { expectGoing } from '../attention/expect-going.js';
import type { EncoderDecoderModel } from '../contract/encoder-decoder-model.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { ExplainerOutput, Tensor } from '../contract/explanation.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import { keepNumbers } from '../gradient/keep-tensors.js';
import { openOutputSubject } from '../gradient/open-output-subject.js';
import type { AttentionRelevanceParams } from './attention-relevance-params.js';
import type { AttentionRelevanceResult } from './attention-relevance-result.js';
import { expectPair } from './expect-pair.js';
import { listReaders, nameReadout, readRelevance, warnOfSeveral } from './read-relevance.js';

/** Relevance of the tokens of a source, and of the output before them, in tokens that an encoder-decoder gave. */
export async function relateOutput(
  request: ExplainRequest<AttentionRelevanceParams>,
  model: EncoderDecoderModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const rowsBefore = model.modelRows;
  const subject = await openOutputSubject(request, model, context);
  const sizes = { source: subject.source.length, output: subject.output.length };
  const findings: GradientFinding[] = [];
  const read: (readonly number[])[] = [];
  const tensors: Tensor[] = [];
  let layers: Pick<AttentionRelevanceResult, 'layers' | 'kinds'> = { layers: [] };
  for (const [at, { scored }] of subject.targets.entries()) {
    expectGoing(context);
    const given = await model.attendBack(subject.source, subject.output, scored);
    expectPair(given.layers, sizes);
    layers = { layers: given.layers.map(({ layer }) => layer), kinds: given.layers.map(({ kind }) => kind) };
    const { cross, decoder, encoder } = carryCrossRelevance(given.layers, sizes);
    const readers = listReaders(scored, given.layers);
    const values = [...readRelevance(cross, sizes.source, readers, 'zero'), ...readRelevance(decoder, sizes.output, readers)];
    findings.push({ score: given.score, baseScore: null, values });
    read.push(readers);
    if (request.params.keep.includes('relevance')) {
      const target = { at, of: subject.targets.length };
      tensors.push(
        keepNumbers('relevance', [sizes.output, sizes.source], cross, target),
        keepNumbers('relevance-decoder', [sizes.output, sizes.output], decoder, target),
        keepNumbers('relevance-encoder', [sizes.source, sizes.source], encoder, target),
      );
    }
    context.report({ done: at + 1, total: subject.targets.length, phase: 'differentiating' });
  }
  const result: AttentionRelevanceResult = {
    ...(subject.result as object),
    ...layers,
    readouts: read.map(nameReadout),
    outputFrom: sizes.source,
  };
  return finishGradient(subject, rowsBefore, {
    ...{ findings, evaluations: findings.length, budget: findings.length, estimated: false, truncated: false },
    ...{ baseline: {}, quality: { fidelity: null }, warnings: warnOfSeveral(read, sizes.output), result, tensors },
  });
}
