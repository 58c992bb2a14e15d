import { ExplainProblem } from '#explainers';
import type { ModelGraph } from '#graph';

/** Types of an input tensor that pictures are written as. */
const pixelTypes = ['float32', 'float64'] as const;

/** The one input of a graph that reads pictures. */
export interface ImageInputTensor {
  readonly name: string;
  readonly type: (typeof pixelTypes)[number];
  /** Pictures of a run where the graph fixes them, else null. */
  readonly fixedRows: number | null;
  /** The dimensions behind the first; null where the graph leaves one open. */
  readonly dimensions: readonly [number | null, number | null, number | null];
}

/** True for a graph whose only input has four dimensions: pictures, as nothing else that is served has. */
export function readsPictures({ inputs }: ModelGraph): boolean {
  return inputs.length === 1 && inputs[0]?.shape?.length === 4;
}

/** @throws ExplainProblem MODEL_UNSUPPORTED that names the input */
export function readImageInput({ inputs }: ModelGraph): ImageInputTensor {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0)
    throw refuse(`the graph has ${inputs.length} inputs (${inputs.map(({ name }) => name).join(', ')})`);
  const { name, elementType, shape } = input;
  if (shape !== null && shape.length !== 4) throw refuse(`input ${name} has the shape [${shape.join(', ')}]`);
  const type = pixelTypes.find((one) => one === elementType);
  if (type === undefined) throw refuse(`input ${name} holds ${elementType ?? input.kind}; ${pixelTypes.join(' and ')} are fed`);
  const [rows, ...rest] = (shape ?? [null, null, null, null]).map((length) => (typeof length === 'number' && length > 0 ? length : null));
  return { name, type, fixedRows: rows ?? null, dimensions: [rest[0] ?? null, rest[1] ?? null, rest[2] ?? null] };
}

function refuse(detail: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    detail,
    null,
    'An image model has one floating-point input [batch, channels, height, width] or [batch, height, width, channels].',
  );
}
