export { binomial } from './binomial.js';
export { factorCholesky, solveCholesky } from './cholesky.js';
export { chiSquareTail } from './chi-square-tail.js';
export { compensatedSum } from './compensated-sum.js';
export { normalQuantile } from './normal-quantile.js';
export { percentile } from './percentile.js';
export { Random } from './random.js';
export { studentQuantile } from './student-quantile.js';
