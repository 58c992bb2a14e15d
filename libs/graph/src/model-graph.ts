import type { ElementType } from './element-type.js';

/** A graph input or output as the file declares it. */
export interface GraphValue {
  readonly name: string;
  /** 'unknown' where the file gives no type. */
  readonly kind: 'tensor' | 'sparse-tensor' | 'sequence' | 'map' | 'optional' | 'opaque' | 'unknown';
  /** Null for anything but a tensor. */
  readonly elementType: ElementType | null;
  /** A number, a symbol, or null for a dimension without either; null as a whole where the rank is not given. */
  readonly shape: readonly (number | string | null)[] | null;
}

/** Where a weight lies outside the model file. */
export interface ExternalData {
  /** Path relative to the folder of the model file, with `/`, without `..`. */
  readonly location: string;
  /** Bytes. */
  readonly offset: number;
  /** Bytes; null means up to the end of the file. */
  readonly length: number | null;
}

export interface Initializer {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  /** Product of the shape. */
  readonly elements: number;
  /** View of the model's own bytes, not a copy; null where the numbers lie in typed fields or in another file. */
  readonly raw: Uint8Array | null;
  readonly external: ExternalData | null;
}

/** An attribute by its type. Integers are bigint, because INT64_MAX is a usual value for "to the end". */
export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Initializer }
  | { readonly kind: 'graph'; readonly value: GraphBody }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly bigint[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensors'; readonly value: readonly Initializer[] }
  | { readonly kind: 'graphs'; readonly value: readonly GraphBody[] }
  | { readonly kind: 'other' };

export interface GraphNode {
  /** May be empty. */
  readonly name: string;
  readonly opType: string;
  /** '' is ai.onnx. */
  readonly domain: string;
  /** An empty name is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** The graph of a model, or of a branch or loop inside it. */
export interface GraphBody {
  /** What has to be fed: inputs that are initialisers as well are left out. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** In topological order, as ONNX demands. */
  readonly nodes: readonly GraphNode[];
  readonly initializers: ReadonlyMap<string, Initializer>;
}

export interface ModelGraph extends GraphBody {
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  /** Version of each operator set, by domain; '' is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Bodies of the model's own functions, by `domain:name`. */
  readonly functions: ReadonlyMap<string, readonly GraphNode[]>;
  /** Files that hold weights, relative to the model file's folder, sorted, each once. */
  readonly externalFiles: readonly string[];
  /** Every tensor that lies in such a file, wherever in the model it stands. */
  readonly external: readonly (ExternalData & { readonly tensor: string })[];
}
