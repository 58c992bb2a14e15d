import { describe, expect, it } from '@jest/globals';
import { readModelGraph } from '#graph';
import { buildOnnxModel, type OnnxPort } from '#testing';
import { feedEncoderDecoder, readEncoderDecoderInputs, readsOutput } from './encoder-decoder-inputs.js';

const port = (name: string, type: OnnxPort['type'] = 'int64', shape: OnnxPort['shape'] = ['batch', 'tokens']): OnnxPort => ({
  name,
  type,
  shape,
});
const usual = [port('input_ids'), port('attention_mask'), port('decoder_input_ids')];
const graphOf = (inputs: readonly OnnxPort[]) =>
  readModelGraph(buildOnnxModel({ inputs, outputs: [port('logits', 'float32')], nodes: [] }));

describe('the inputs of an encoder-decoder', () => {
  it('are fed the source, the output and their masks, in the types of the graph', () => {
    const graph = graphOf([port('input_ids', 'int32'), port('attention_mask'), port('decoder_input_ids'), port('decoder_attention_mask')]);
    expect(readsOutput(graph)).toBe(true);
    const feeds = feedEncoderDecoder(readEncoderDecoderInputs(graph), Int32Array.of(5, 6, 2), Int32Array.of(2, 7));
    const shown = Object.entries(feeds).map(([name, { type, dims, data }]) => [
      name,
      type,
      [...dims],
      [...(data as Int32Array)].map(Number),
    ]);
    expect(shown).toEqual([
      ['input_ids', 'int32', [1, 3], [5, 6, 2]],
      ['attention_mask', 'int64', [1, 3], [1, 1, 1]],
      ['decoder_input_ids', 'int64', [1, 2], [2, 7]],
      ['decoder_attention_mask', 'int64', [1, 2], [1, 1]],
    ]);
  });

  it.each<[string, readonly OnnxPort[], string]>([
    ['a cache', [...usual, port('past_key_values.0.decoder.key', 'float32', ['batch', 4, 'past', 8])], 'past_key_values.0.decoder.key'],
    ['hidden states of an encoder', [port('decoder_input_ids'), port('encoder_hidden_states', 'float32')], 'encoder_hidden_states'],
    ['a fixed number of tokens', [...usual.slice(0, 2), port('decoder_input_ids', 'int64', ['batch', 8])], '[batch, 8]'],
    ['a fixed number of rows', [port('input_ids', 'int64', [4, 'tokens']), ...usual.slice(1)], '[4, tokens]'],
    ['numbers', [port('input_ids', 'float32'), ...usual.slice(1)], 'input_ids (float32)'],
    ['an output alone', [port('decoder_input_ids')], 'does not read input_ids'],
  ])('with %s are refused by name', (_name, inputs, detail) => {
    expect(() => readEncoderDecoderInputs(graphOf(inputs))).toThrow(
      expect.objectContaining({
        code: 'MODEL_UNSUPPORTED',
        detail: expect.stringContaining(detail),
        remedy: expect.stringContaining('--monolith'),
      }),
    );
  });
});
