import { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import type { GraphValue, ModelGraph } from '#graph';
import type { Feeds } from '../session/onnx-session.js';

const roles = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'] as const;
type Role = (typeof roles)[number];

/** What a text model's graph wants to be fed. */
export interface TextInputs {
  readonly types: ReadonlyMap<Role, 'int64' | 'int32'>;
  /** Rows of a batch where the graph fixes them, else null. */
  readonly fixedRows: number | null;
  /** Tokens of a row where the graph fixes them, else null. */
  readonly fixedTokens: number | null;
}

/** True for a graph that reads token ids. */
export function readsTokens(graph: ModelGraph): boolean {
  return graph.inputs.some((input) => input.name === 'input_ids');
}

/** @throws ExplainProblem MODEL_UNSUPPORTED that names the input */
export function readTextInputs(graph: ModelGraph): TextInputs {
  const types = new Map<Role, 'int64' | 'int32'>();
  for (const input of graph.inputs) {
    const role = roles.find((one) => one === input.name);
    if (role === undefined) throw refuse(input, `; ${roles.join(', ')} are known`);
    if (input.kind !== 'tensor' || (input.elementType !== 'int64' && input.elementType !== 'int32'))
      throw refuse(input, ' of int64 or int32 was expected');
    if (input.shape !== null && input.shape.length !== 2) throw refuse(input, ' of the shape [rows, tokens] was expected');
    types.set(role, input.elementType);
  }
  const [rows, tokens] = graph.inputs.find((input) => input.name === 'input_ids')?.shape ?? [];
  return { types, fixedRows: typeof rows === 'number' ? rows : null, fixedTokens: typeof tokens === 'number' ? tokens : null };
}

/**
 * Feeds of one batch, each [rows, tokens]. Rows shorter than `tokens` are padded on the right and masked.
 *
 * @param padId what stands in the padding; the mask tells the model not to read it
 */
export function feedTokens({ types }: TextInputs, rows: readonly Int32Array[], tokens: number, padId: number): Feeds {
  const shape = [rows.length, tokens];
  const values: Record<Role, (row: Int32Array, at: number) => number> = {
    input_ids: (row, at) => row[at] ?? padId,
    attention_mask: (row, at) => (at < row.length ? 1 : 0),
    token_type_ids: () => 0,
    position_ids: (_row, at) => at,
  };
  const feeds: Record<string, Tensor> = {};
  for (const [role, type] of types) {
    const data = type === 'int64' ? new BigInt64Array(rows.length * tokens) : new Int32Array(rows.length * tokens);
    rows.forEach((row, place) => {
      for (let at = 0; at < tokens; at++) {
        const value = values[role](row, at);
        if (data instanceof BigInt64Array) data[place * tokens + at] = BigInt(value);
        else data[place * tokens + at] = value;
      }
    });
    feeds[role] = data instanceof BigInt64Array ? new Tensor('int64', data, shape) : new Tensor('int32', data, shape);
  }
  return feeds;
}

function refuse(input: GraphValue, what: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    `the graph reads ${input.name} (${input.elementType ?? input.kind})${what}`,
    null,
    'Export the model for classification, without a cache of past keys and values.',
  );
}
