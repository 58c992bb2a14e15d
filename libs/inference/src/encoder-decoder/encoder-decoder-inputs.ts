import { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import type { GraphValue, ModelGraph } from '#graph';
import type { Feeds } from '../session/onnx-session.js';

const roles = ['input_ids', 'attention_mask', 'decoder_input_ids', 'decoder_attention_mask'] as const;
type Role = (typeof roles)[number];

/** What an encoder-decoder's graph wants to be fed, by the names of its inputs. */
export type EncoderDecoderInputs = ReadonlyMap<Role, 'int64' | 'int32'>;

/** A source, and ids of the output so far, its start tokens included. */
export interface TokenPair {
  readonly source: Int32Array;
  readonly output: Int32Array;
}

/** True for a graph that reads a source and an output. */
export function readsOutput(graph: ModelGraph): boolean {
  return graph.inputs.some(({ name }) => name === 'decoder_input_ids');
}

/** @throws ExplainProblem MODEL_UNSUPPORTED that names the input */
export function readEncoderDecoderInputs(graph: ModelGraph): EncoderDecoderInputs {
  const inputs = new Map(graph.inputs.map((input) => [readRole(input), readType(input)]));
  for (const role of ['input_ids', 'decoder_input_ids'] as const)
    if (!inputs.has(role)) throw refuseEncoderDecoder(`the graph does not read ${role}`);
  return inputs;
}

/** @param what is wrong, as a clause */
export function refuseEncoderDecoder(what: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    what,
    null,
    'Export encoder and decoder as one file without a cache: optimum-cli export onnx --monolith --task text2text-generation.',
  );
}

/**
 * Feeds of one pass, for a batch of one.
 *
 * @param source ids of the source
 * @param output ids of the output so far, its start tokens included
 */
export function feedEncoderDecoder(inputs: EncoderDecoderInputs, source: Int32Array, output: Int32Array): Feeds {
  const values: Record<Role, Int32Array> = {
    input_ids: source,
    attention_mask: new Int32Array(source.length).fill(1),
    decoder_input_ids: output,
    decoder_attention_mask: new Int32Array(output.length).fill(1),
  };
  const toTensor = (type: 'int64' | 'int32', numbers: Int32Array): Tensor =>
    type === 'int32'
      ? new Tensor('int32', Int32Array.from(numbers), [1, numbers.length])
      : new Tensor('int64', BigInt64Array.from(numbers, BigInt), [1, numbers.length]);
  return Object.fromEntries([...inputs].map(([role, type]) => [role, toTensor(type, values[role])]));
}

function readRole({ name, elementType, kind }: GraphValue): Role {
  const role = roles.find((one) => one === name);
  if (role !== undefined) return role;
  throw refuseEncoderDecoder(`the graph reads ${name} (${elementType ?? kind}); ${roles.join(', ')} are known`);
}

function readType({ name, kind, elementType, shape }: GraphValue): 'int64' | 'int32' {
  const [rows, tokens] = shape ?? [];
  const open = (shape === null || shape.length === 2) && (typeof rows !== 'number' || rows === 1) && typeof tokens !== 'number';
  if (kind === 'tensor' && (elementType === 'int64' || elementType === 'int32') && open) return elementType;
  throw refuseEncoderDecoder(
    `the graph reads ${name} (${elementType ?? kind}) as [${shape?.map((one) => one ?? '?').join(', ') ?? ''}]; int64 or int32 of [1, tokens] was expected, for any number of tokens`,
  );
}
