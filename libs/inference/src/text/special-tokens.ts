import type { ModelParts } from '../folder/model-folder.js';

/** A special token of a tokenizer. */
export interface SpecialToken {
  readonly id: number;
  readonly text: string;
}

/** Names that tokenizers give these tokens when no file says which one it is. */
const usual = { mask: ['[MASK]', '<mask>'], pad: ['[PAD]', '<pad>'] } as const;

/**
 * The mask or padding token: as the manifest says (text or id), else tokenizer_config.json, else by its usual name
 * among the tokenizer's added tokens.
 *
 * @returns null where the tokenizer has none
 */
export function findSpecialToken({ manifest, tokenizer, tokenizerConfig }: ModelParts, role: 'mask' | 'pad'): SpecialToken | null {
  const added = tokenizer?.added_tokens ?? [];
  const named = manifest?.specialTokens?.[role] ?? (role === 'mask' ? tokenizerConfig?.mask_token : tokenizerConfig?.pad_token);
  const wanted: readonly (string | number)[] = named === undefined || named === null ? usual[role] : [named];
  const found = added.find((token) => wanted.includes(token.content) || wanted.includes(token.id));
  return found === undefined ? null : { id: found.id, text: found.content };
}

/** What stands in the padding of a batch, null where nothing says it: then rows of different length share no batch. */
export function findPadId(parts: ModelParts): number | null {
  return findSpecialToken(parts, 'pad')?.id ?? parts.config?.pad_token_id ?? parts.tokenizer?.padding?.pad_id ?? null;
}
