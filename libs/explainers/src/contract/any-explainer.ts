import type { LocalExplainer } from './explainer.js';
import type { GlobalExplainer } from './global-explainer.js';

/** A method of either kind: `reads` tells which. */
export type Explainer<Params = unknown> = LocalExplainer<Params> | GlobalExplainer<Params>;
