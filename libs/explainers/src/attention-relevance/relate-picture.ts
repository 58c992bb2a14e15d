import { carryRelevance, findPatches, upsampleBilinear } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ImageModel } from '../contract/image-model.js';
import { finishGradient } from '../gradient/finish-gradient.js';
import { mapTargets } from '../gradient/map-targets.js';
import { openImageSubject } from '../gradient/open-image-subject.js';
import type { AttentionRelevanceParams } from './attention-relevance-params.js';
import type { AttentionRelevanceResult } from './attention-relevance-result.js';
import { expectSelf } from './expect-self.js';
import { listReaders, nameReadout, readRelevance, warnOfSeveral } from './read-relevance.js';

/** Relevance of the patches of a picture in the token that the answer is read from, enlarged to the picture. */
export async function relatePicture(
  request: ExplainRequest<AttentionRelevanceParams>,
  model: ImageModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const rowsBefore = model.modelRows;
  const subject = await openImageSubject(request, model);
  const { picture } = subject;
  let layers: readonly number[] = [];
  const read: (readonly number[])[] = [];
  let tokens = 0;
  const { findings, tensors } = await mapTargets(subject, context, async (scored) => {
    const given = await model.attendBack(subject.reading.input, scored);
    tokens = given.layers[0]?.queries ?? 0;
    expectSelf(given.layers, tokens);
    const grid = findPatches(tokens, picture);
    if (grid === null) {
      const detail = `the ${tokens} tokens of the model are no grid of patches of a picture of ${picture.height} x ${picture.width}, nor one behind a class token`;
      throw new ExplainProblem('METHOD_NOT_APPLICABLE', detail, null, 'Use integrated-gradients or grad-cam.');
    }
    layers = given.layers.map(({ layer }) => layer);
    const relevance = carryRelevance(given.layers, tokens);
    const readers = listReaders(scored, given.layers);
    read.push(readers);
    const coarse = readRelevance(relevance, tokens, readers).slice(grid.before, tokens);
    const sides = { height: grid.rows, width: grid.columns };
    const others = request.params.keep.includes('relevance') ? { relevance: { shape: [tokens, tokens], numbers: relevance } } : {};
    return { score: given.score, coarse, sides, map: upsampleBilinear(coarse, sides, picture), others };
  });
  const result: AttentionRelevanceResult = { layers: [...layers], readouts: read.map(nameReadout) };
  return finishGradient(subject, rowsBefore, {
    ...{ findings, evaluations: findings.length, budget: findings.length, estimated: false, truncated: false },
    ...{ baseline: {}, quality: { fidelity: null }, warnings: warnOfSeveral(read, tokens), result, tensors },
  });
}
