import type { ExplainRequest } from '../contract/explainer.js';
import type { ImageModel, ImageReading } from '../contract/image-model.js';
import { describePrediction, predictedClass } from '../game/describe-prediction.js';
import { resolveTargets } from '../game/resolve-targets.js';
import { takeImage } from '../game/take-input.js';
import type { GradientParams } from './gradient-params.js';
import type { Baseline, GradientSubject } from './gradient-subject.js';
import { cellParts, listCells, type PictureSize } from './image-cells.js';
import { nameResolved } from './name-target.js';
import { passRounding } from './pass-rounding.js';

/** A picture as its subject, with what it was read as. */
export type ImageSubject = GradientSubject & { readonly reading: ImageReading; readonly picture: PictureSize };

/** Pixel values of the baselines of a picture. */
const shades: Readonly<Record<string, number>> = { black: 0, grey: 127.5, white: 255 };

/** A picture as the normalised numbers that its model reads. */
export async function openImageSubject(request: ExplainRequest<GradientParams>, model: ImageModel): Promise<ImageSubject> {
  const reading = await model.read(takeImage(request.input));
  const outputs = await model.predict([reading.input]);
  const { description, shape: picture } = model;
  const targets = resolveTargets(request, description, predictedClass(outputs));
  const cells = listCells(picture);
  const subject: ImageSubject = {
    ...{ model, reading, picture },
    features: cells,
    partsOf: () => cellParts(cells, picture),
    prediction: describePrediction(outputs, description),
    targets: targets.map((target) => ({ name: nameResolved(target, description), scored: target })),
    unexplained: [],
    warnings: reading.warnings,
    open: () => model.differentiate(reading.input),
    baseline: (choice) => Promise.resolve(imageBaseline(model, choice)),
  };
  return passRounding(subject, request);
}

function imageBaseline(model: ImageModel, choice: string | null): Baseline {
  const kind = choice ?? 'black';
  const shade = shades[kind];
  if (shade === undefined) throw new RangeError(`a picture has no baseline ${kind}`);
  const { channels, height, width } = model.shape;
  const normal = model.normalise(shade);
  const numbers = new Float32Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++)
    numbers.fill(normal[channel] ?? NaN, channel * height * width, (channel + 1) * height * width);
  return { numbers, description: { baseline: kind, pixel: shade } };
}
