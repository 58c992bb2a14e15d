import { RequestMapping, RequestMethod } from '@nestjs/common';
import type { Scope } from '#access';
import type { ProblemCode } from '#platform';
import type { z } from 'zod';
import type { QueryShape } from './query/query-shape.js';

export interface AnswerDescription {
  readonly about: string;
  /** Of application/json; absent where the answer has no such body. */
  readonly schema?: z.ZodType;
  /** Media types beside application/json. */
  readonly media?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ProblemAnswer {
  readonly code: ProblemCode;
  /** Where the same fault has another status than the catalogue's. */
  readonly status: number;
}

/** What a route takes: the schema made of the registry, a JSON body of its own, or another media type in words. */
export type OperationBody =
  'job-request' | 'batch-request' | { readonly schema: z.ZodType } | { readonly media: string; readonly about: string };

/** A route: the server serves it and the reference describes it from this one description. */
export interface Operation {
  /** operationId. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for parameters. */
  readonly route: string;
  readonly tag: 'jobs' | 'batches' | 'explanations' | 'models' | 'datasets' | 'methods' | 'access' | 'platform';
  readonly summary: string;
  readonly about?: string;
  /** Meaning of each parameter of the route. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: QueryShape;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly body?: OperationBody;
  /** Bytes of a body where it may be larger than elsewhere. */
  readonly bodyBytes?: number;
  /** Bytes of a body with a picture, of which all but the picture may have `bodyBytes`; absent where no picture is taken. */
  readonly pictureBodyBytes?: number;
  /** Lists of the body whose items are refused one by one. */
  readonly apart?: readonly string[];
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Beside those that every route can answer with. */
  readonly problems?: readonly (ProblemCode | ProblemAnswer)[];
  /** What a key must be allowed to do; null where no key is asked for, because nothing there belongs to anyone. */
  readonly scope: Scope | null;
}

/** Makes a method of a controller answer the route of an operation. */
export function Serve(operation: Operation): MethodDecorator {
  return RequestMapping({ method: RequestMethod[operation.method], path: operation.route });
}

/** Routes whose handler reads the body itself, as it arrives. */
export function streamedRoutes(operations: readonly Operation[]): ReadonlySet<string> {
  return new Set(operations.filter(isStreamed).map(({ route }) => route));
}

/** Whether the body is a form, which its handler reads as it arrives. */
export function isStreamed({ body }: Operation): boolean {
  return typeof body === 'object' && 'media' in body && body.media === 'multipart/form-data';
}
