import type { Sides } from '#attribution';
import { expectGoing } from '../attention/expect-going.js';
import type { GradientTarget } from '../contract/differentiable.js';
import type { ExplainContext } from '../contract/explainer.js';
import type { RegionFeature, Tensor } from '../contract/explanation.js';
import { cellMeans } from './cell-means.js';
import type { GradientFinding } from './finish-gradient.js';
import { listCells } from './image-cells.js';
import { keepNumbers } from './keep-tensors.js';
import type { ImageSubject } from './open-image-subject.js';

/** What was found of a picture for one target. */
export interface PictureMap {
  readonly score: number;
  /** At the size of the picture. */
  readonly map: Float64Array;
  /** At the size it was made at. */
  readonly coarse: Float64Array;
  readonly sides: Sides;
  /** Further tensors, by name. */
  readonly others?: Readonly<Record<string, { readonly shape: readonly number[]; readonly numbers: Float64Array }>>;
}

/** A map over a picture for each of its targets: cells have its mean, and the map is kept beside them. */
export async function mapTargets(
  { picture, targets }: ImageSubject,
  context: ExplainContext,
  mapOf: (target: GradientTarget) => Promise<PictureMap>,
): Promise<{ readonly findings: readonly GradientFinding[]; readonly tensors: readonly Tensor[] }> {
  const cells: readonly RegionFeature[] = listCells(picture);
  const findings: GradientFinding[] = [];
  const tensors: Tensor[] = [];
  for (const [at, { scored }] of targets.entries()) {
    expectGoing(context);
    const { score, map, coarse, sides, others = {} } = await mapOf(scored);
    findings.push({ score, baseScore: null, values: cellMeans(map, picture.width, cells) });
    const keep = (stem: string, shape: readonly number[], numbers: Float64Array) =>
      void tensors.push(keepNumbers(stem, shape, numbers, { at, of: targets.length }));
    keep('map', [picture.height, picture.width], map);
    keep('coarse', [sides.height, sides.width], coarse);
    for (const [stem, { shape, numbers }] of Object.entries(others)) keep(stem, shape, numbers);
    context.report({ done: at + 1, total: targets.length, phase: 'differentiating' });
  }
  return { findings, tensors };
}
