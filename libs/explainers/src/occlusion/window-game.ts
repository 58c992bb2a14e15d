import { slideWindows, type Coalitions } from '#attribution';
import type { ExplainRequest } from '../contract/explainer.js';
import type { RegionFeature } from '../contract/explanation.js';
import type { ImageModel, ImageReading } from '../contract/image-model.js';
import type { ModelDescription } from '../contract/model-description.js';
import { chooseGame } from '../game/choose-game.js';
import type { Game } from '../game/game.js';
import { takeImage } from '../game/take-input.js';
import type { WindowChoice } from './choose-window.js';
import type { OcclusionParams } from './occlusion-params.js';

/** Numbers of the pictures that are handed to the model in one call: 32 MiB. */
const numbersAtATime = 2 ** 23;

/** A game of windows, which may overlap: a pixel is hidden where any absent window covers it. */
export interface WindowGame extends Game {
  readonly reading: ImageReading;
  readonly features: readonly RegionFeature[];
}

/**
 * A picture as a game of square windows, row by row from the top left; those at the lower and right edge are cut where the picture ends.
 *
 * @throws ExplainProblem INPUT_KIND_MISMATCH, IMAGE_INVALID, IMAGE_TOO_LARGE, IMAGE_CHANNELS, and what chooseGame throws
 */
export async function openWindowGame(
  request: ExplainRequest<OcclusionParams>,
  model: ImageModel,
  { window, stride }: WindowChoice,
): Promise<WindowGame> {
  const choice = chooseGame(request.params, model.description);
  const reading = await model.read(takeImage(request.input));
  const { height, width } = reading;
  const features = slideWindows(height, window, stride).flatMap((rows) =>
    slideWindows(width, window, stride).map((columns) => nameRegion([rows.start, rows.end], [columns.start, columns.end])),
  );
  const pixel = greyPixel(model.description);
  const hidden = pixel.map((value, channel) => model.normalise(value)[channel] ?? NaN);
  return {
    model,
    reading,
    features,
    players: features.map((_, index) => index),
    rowsPerCoalition: 1,
    coalitionsAtATime: Math.max(1, Math.floor(numbersAtATime / reading.input.length)),
    unexplained: [],
    baseline: { players: choice.players, masker: choice.masker, pixel, normalised: hidden },
    warnings: reading.warnings,
    predictInput: () => model.predict([reading.input]),
    predict: (coalitions, from, to) => model.predict(hideCoalitions(coalitions, from, to, reading, features, hidden)),
    lateWarnings: () => [],
  };
}

/**
 * The pixel value, 0 … 255, that stands for nothing in each channel: the one that is normalised to 0, which is the mean of the training.
 * A model that subtracts no mean would take black for it, and black is a colour like others: there it is the middle of the range.
 */
function greyPixel({ image }: ModelDescription): readonly number[] {
  if (image === undefined) throw new RangeError('the model reads no pictures');
  const { mean, scale } = image;
  return mean.map((centre) => (mean.every((one) => one === 0) ? 127.5 : centre / scale));
}

function nameRegion(rows: RegionFeature['rows'], columns: RegionFeature['columns']): RegionFeature {
  return { name: `rows ${rows[0]}-${rows[1] - 1}, columns ${columns[0]}-${columns[1] - 1}`, rows, columns };
}

function hideCoalitions(
  coalitions: Coalitions,
  from: number,
  to: number,
  { input, channels, height, width }: ImageReading,
  features: readonly RegionFeature[],
  hidden: readonly number[],
): readonly Float32Array[] {
  const present = new Uint8Array(coalitions.players);
  return Array.from({ length: to - from }, (_, index) => {
    coalitions.read(from + index, present);
    const picture = input.slice();
    features.forEach(({ rows, columns }, player) => {
      if (present[player] === 1) return;
      for (let channel = 0; channel < channels; channel++)
        for (let row = rows[0]; row < rows[1]; row++) {
          const start = (channel * height + row) * width;
          picture.fill(hidden[channel] ?? NaN, start + columns[0], start + columns[1]);
        }
    });
    return picture;
  });
}
