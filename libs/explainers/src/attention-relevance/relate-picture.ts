import { carryRelevance, findPatches, upsampleBilinear } from '#attribution';
import { expectGoing } from '../attention/expect-going.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { ExplainerOutput, RegionFeature, Tensor } from '../contract/explanation.js';
import type { ImageModel } from '../contract/image-model.js';
import { cellMeans } from '../gradient/cell-means.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import { openImageSubject } from '../gradient/open-image-subject.js';
import type { AttentionRelevanceParams } from './attention-relevance-params.js';
import type { AttentionRelevanceResult } from './attention-relevance-result.js';
import { expectSelf } from './expect-self.js';

/** Relevance of the patches of a picture in the first token, enlarged to the picture. */
export async function relatePicture(
  request: ExplainRequest<AttentionRelevanceParams>,
  model: ImageModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const rowsBefore = model.modelRows;
  const subject = await openImageSubject(request, model);
  const { picture } = subject;
  const findings: GradientFinding[] = [];
  const tensors: Tensor[] = [];
  let layers: readonly number[] = [];
  for (const [at, { scored }] of subject.targets.entries()) {
    expectGoing(context);
    const given = await model.attendBack(subject.reading.input, scored);
    const tokens = given.layers[0]?.queries ?? 0;
    expectSelf(given.layers, tokens);
    const grid = findPatches(tokens, picture);
    if (grid === null || grid.before === 0) {
      const detail = `the ${tokens} tokens of the model are not a class token and a grid of patches of a picture of ${picture.height} x ${picture.width}`;
      throw new ExplainProblem('METHOD_NOT_APPLICABLE', detail, null, 'Use integrated-gradients or grad-cam.');
    }
    layers = given.layers.map(({ layer }) => layer);
    const relevance = carryRelevance(given.layers, tokens);
    const patches = relevance.slice(grid.before, tokens);
    const sides = { height: grid.rows, width: grid.columns };
    const map = upsampleBilinear(patches, sides, picture);
    findings.push({
      score: given.score,
      baseScore: null,
      values: cellMeans(map, picture.width, subject.features as readonly RegionFeature[]),
    });
    const name = (stem: string) => (subject.targets.length === 1 ? stem : `${stem}.${at}`);
    const keep = (stem: string, shape: readonly number[], numbers: Float64Array): Tensor => ({
      ...{ name: name(stem), shape, dtype: 'f32', data: Float32Array.from(numbers), maxAbsError: 0 },
    });
    tensors.push(keep('map', [picture.height, picture.width], map), keep('coarse', [sides.height, sides.width], patches));
    if (request.params.keep.includes('relevance')) tensors.push(keep('relevance', [tokens, tokens], relevance));
    context.report({ done: at + 1, total: subject.targets.length, phase: 'differentiating' });
  }
  const result: AttentionRelevanceResult = { layers: [...layers], readouts: subject.targets.map(() => 0) };
  return finishGradient(subject, rowsBefore, {
    ...{ findings, evaluations: findings.length, budget: findings.length, estimated: false, truncated: false },
    ...{ baseline: {}, quality: { fidelity: null }, warnings: [], result, tensors },
  });
}
