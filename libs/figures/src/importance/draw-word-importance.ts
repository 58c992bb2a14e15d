import type { Bar } from '../bars/rank-bars.js';
import { drawSignedBars } from '../bars/draw-signed-bars.js';
import type { Figure } from '../svg/figure.js';
import { tellConfidence, type WordImportance, type WordSlice } from './importance-slice.js';

/** The mean attribution of each word with its interval, in the order given, and how often it occurred. */
export function drawWordImportance(slice: WordSlice, width: number): Figure {
  return drawSignedBars(
    {
      title: slice.title,
      intro: 'Mean attribution of an occurrence of each word:',
      unit: slice.unit,
      confidence: tellConfidence(slice.confidence),
      bars: slice.words.map(toBar),
      omitted: { count: 0, sum: 0 },
    },
    width,
  );
}

/** A word that occurred once has no interval: its mean could be anything and counts as doubtful. */
function toBar({ word, occurrences, mean, interval }: WordImportance): Bar {
  const half = interval === null ? null : (interval[1] - interval[0]) / 2;
  return { name: `${word} × ${occurrences}`, value: mean, half, doubtful: half === null || Math.abs(mean) <= half };
}
