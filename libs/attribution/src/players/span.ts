/** A half-open range of UTF-16 code units in a text. */
export type Span = readonly [start: number, end: number];
