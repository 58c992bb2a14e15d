export * from './contract/task.js';
export * from './contract/model-description.js';
export * from './contract/model.js';
export * from './contract/explain-problem.js';
export * from './contract/explanation.js';
export * from './contract/explainer.js';
export { readRow, showCell } from './game/read-row.js';
export { checkRowsFit, tabulateRows } from './game/tabulate-rows.js';
export { addExplainer, explainers } from './registry.js';
