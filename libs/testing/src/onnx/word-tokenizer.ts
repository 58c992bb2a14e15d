const special = ['<pad>', '<s>', '</s>', '<unk>', '<mask>'] as const;

/**
 * A tokenizer.json whose words are numbers: the token n is written "wn", and the first five are <pad>, <s>, </s>, <unk> and <mask>. A text
 * gets </s> behind it, and what its words are not is <unk>.
 *
 * @param lead whether <s> is put before a text
 */
export function wordTokenizer({ words = 100, lead = false }: { readonly words?: number; readonly lead?: boolean } = {}): string {
  const names = Array.from({ length: words }, (_, id) => special[id] ?? `w${id}`);
  const put = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const text = { Sequence: { id: 'A', type_id: 0 } };
  const second = { Sequence: { id: 'B', type_id: 1 } };
  const before = lead ? [put('<s>')] : [];
  const describe = (token: (typeof special)[number]) => [token, { id: token, ids: [special.indexOf(token)], tokens: [token] }] as const;
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    })),
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [...before, text, put('</s>')],
      pair: [...before, text, put('</s>'), second, put('</s>')],
      special_tokens: Object.fromEntries([describe('<s>'), describe('</s>')]),
    },
    decoder: null,
    model: { type: 'WordLevel', vocab: Object.fromEntries(names.map((name, id) => [name, id])), unk_token: '<unk>' },
  });
}
