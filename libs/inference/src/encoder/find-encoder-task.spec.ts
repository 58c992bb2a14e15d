import { describe, expect, it } from '@jest/globals';
import { readModelGraph } from '#graph';
import { buildOnnxModel, type OnnxPort } from '#testing';
import { findEncoderTask } from './find-encoder-task.js';

const port = (name: string, shape: readonly (number | string)[] = ['batch', 'tokens', 8]): OnnxPort => ({ name, type: 'float32', shape });
const pooled = (name: string) => port(name, ['batch', 8]);

function find(outputs: readonly OnnxPort[], architecture: string | null = null) {
  const graph = readModelGraph(
    buildOnnxModel({ inputs: [{ name: 'input_ids', type: 'int64', shape: ['batch', 'tokens'] }], outputs, nodes: [] }),
  );
  return findEncoderTask({ graph, config: architecture === null ? null : { architectures: [architecture] } });
}

describe('findEncoderTask', () => {
  it.each<[string, readonly OnnxPort[], string | null, string | null]>([
    ['hidden states alone', [port('last_hidden_state')], null, 'feature-extraction'],
    ['hidden states and what was pooled', [port('last_hidden_state'), pooled('pooler_output')], 'BertModel', 'feature-extraction'],
    ['sentence-transformers', [port('token_embeddings'), pooled('sentence_embedding')], 'BertModel', 'feature-extraction'],
    ['hidden states of a model with a head', [port('last_hidden_state')], 'BertForMaskedLM', 'feature-extraction'],
    ['logits of every token', [port('logits')], 'BertForMaskedLM', 'fill-mask'],
    ['logits of another architecture', [port('logits')], 'BertForTokenClassification', null],
    ['logits of nobody knows what', [port('logits')], null, null],
    ['logits of a text', [pooled('logits')], 'BertForMaskedLM', null],
    ['hidden states beside logits', [port('last_hidden_state'), pooled('logits')], 'BertForSequenceClassification', null],
    ['hidden states beside a cache', [port('last_hidden_state'), port('present.0.key')], null, null],
    ['pooled numbers alone', [pooled('pooler_output')], 'BertModel', null],
  ])('of %s', (_name, outputs, architecture, task) => {
    expect(find(outputs, architecture)).toBe(task);
  });
});
