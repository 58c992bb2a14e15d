import type { z } from 'zod';

/** The query parameters of one route: a parser from text for each, and whether `label.<key>` filters are among them. */
export interface QueryShape<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly parameters: z.ZodObject<Shape>;
  readonly takesLabels: boolean;
}

export type QueryValues<Shape extends QueryShape> = z.output<Shape['parameters']> & { readonly labels: Readonly<Record<string, string>> };
