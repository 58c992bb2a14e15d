import { z } from 'zod';

const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform((one) => one.content)]);

/** One end token, or several. */
const endTokens = z.union([z.int(), z.array(z.int())]);

/** Positions that a model has. */
const positions = z.int('must be a positive whole number').min(1, 'must be a positive whole number');

/** The keys of a Hugging Face `config.json` that say something about serving; all others are ignored. */
export const configSchema = z.looseObject({
  model_type: z.string().nullish(),
  architectures: z.array(z.string()).nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
  problem_type: z.string().nullish(),
  max_position_embeddings: positions.nullish(),
  n_positions: positions.nullish(),
  max_sequence_length: positions.nullish(),
  vocab_size: z.int().nullish(),
  pad_token_id: z.int().nullish(),
  eos_token_id: endTokens.nullish(),
  decoder_start_token_id: z.int().nullish(),
  forced_bos_token_id: z.int().nullish(),
});

/** The keys of `generation_config.json` that are read. */
export const generationConfigSchema = z.looseObject({
  eos_token_id: endTokens.nullish(),
  decoder_start_token_id: z.int().nullish(),
  forced_bos_token_id: z.int().nullish(),
});

/** The keys of `tokenizer_config.json` that are read. */
export const tokenizerConfigSchema = z.looseObject({
  model_max_length: z.number().nullish(),
  mask_token: token.nullish(),
  pad_token: token.nullish(),
});

/** The keys of `tokenizer.json` that are read here; the tokenizer library reads the rest. */
export const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int().min(0), content: z.string() })).nullish(),
  padding: z.looseObject({ pad_id: z.int().nullish() }).nullish(),
});

/** The keys of `preprocessor_config.json` that are read. */
export const preprocessorSchema = z.looseObject({
  size: z
    .union([
      z.int().min(1),
      z.looseObject({ height: z.int().min(1), width: z.int().min(1) }),
      z.looseObject({ shortest_edge: z.int().min(1) }),
    ])
    .nullish(),
  resample: z.int().nullish(),
  do_center_crop: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: z.array(z.number()).nullish(),
  image_std: z.array(z.number().positive()).nullish(),
});

export type HuggingFaceConfig = z.infer<typeof configSchema>;
export type GenerationConfig = z.infer<typeof generationConfigSchema>;
export type TokenizerConfig = z.infer<typeof tokenizerConfigSchema>;
export type PreprocessorConfig = z.infer<typeof preprocessorSchema>;
export type TokenizerFile = z.infer<typeof tokenizerSchema>;
