import { z } from 'zod';
import { gameParams, type GameParams } from '../game/game-params.js';
import { surrogateParams } from '../surrogate/surrogate-params.js';

export const limeTextParams = z.strictObject({
  compat: z.enum(['lime']).nullable().default(null).meta({
    description:
      "lime: reads the text as lime 0.2.0.1 does. Its own split into runs of letters, digits and underscores, a feature per distinct word, removal in the text itself, which is tokenised anew. players and masker are then left out. By default (null) the players' own tokens are masked.",
  }),
  bow: z.boolean().default(true).meta({
    description:
      'With compat lime. true: a word is one feature wherever it stands and all its occurrences go together, separators stay; false: each position is a feature, replaced by UNKWORDZ.',
  }),
  players: z.enum(['words', 'tokens', 'sentences', 'characters', 'groups']).default('words').meta({
    description: 'What is attributed to.',
  }),
  groups: gameParams.groups,
  masker: z.enum(['delete', 'mask-token', 'replace']).default('delete').meta({
    description:
      "What stands for a removed player: nothing (delete), the tokenizer's mask token for each of its tokens (mask-token), or `replacement` (replace).",
  }),
  replacement: gameParams.replacement,
  budget: z.int().min(2).max(1_000_000).default(1000).meta({
    description:
      'Perturbations drawn, the text itself included; at least two more than there are players. Equal ones are asked of the model once and count once as evaluations.',
  }),
  kernelWidth: z.number().min(0.001).max(1e6).default(25).meta({
    description:
      'Width of the kernel sqrt(exp(-distance² / width²)). The distance is 100 times the cosine distance between what was kept and the whole: 0 for the text itself, 29 with half of it, 100 with nothing.',
  }),
  ...surrogateParams,
});

export type LimeTextParams = z.output<typeof limeTextParams>;

/** The game that is perturbed, as its own parameters; background and baseline belong to rows. */
export function readGameParams({ players, groups, masker, replacement }: LimeTextParams): GameParams {
  return { players, groups, masker, replacement };
}
