/** What the numbers of a model's output row mean. */
export interface OutputScale {
  /** Numbers per row: the number of classes, 1 for a regression. */
  readonly width: number;
  readonly kind: 'logits' | 'probabilities' | 'value' | 'margin';
  /** True where each class has a sigmoid of its own instead of a common softmax. */
  readonly multiLabel: boolean;
}
