import { findFreshName } from './attention/find-fresh-name.js';
import { choosePositions } from './choose-positions.js';
import { GraphEditor } from './edit/graph-editor.js';
import type { ModelGraph } from './model-graph.js';

/** A model that gives its logits for some tokens alone. */
export interface ChosenLogits {
  readonly bytes: Uint8Array;
  /** Name of the input that takes the wanted tokens, a list of int64. */
  readonly positions: string;
  /** Name of the output [batch, wanted tokens, vocabulary]. */
  readonly logits: string;
}

/**
 * @param bytes what `graph` was read from
 * @param logits name of an output [batch, tokens, vocabulary]
 */
export function giveChosenLogits(bytes: Uint8Array, graph: ModelGraph, logits: string): ChosenLogits {
  const editor = new GraphEditor(bytes);
  const prefix = findFreshName(graph, 'vitrine/logits');
  const positions = `${prefix}/positions`;
  editor.appendIntegers(positions);
  const chosen = choosePositions(editor, graph, logits, positions, prefix);
  return { bytes: editor.write(), positions, logits: chosen };
}
