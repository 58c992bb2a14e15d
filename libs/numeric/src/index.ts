export { compensatedSum } from './compensated-sum.js';
