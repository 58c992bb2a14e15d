import type { Explainer, ExplainerOutput, Tensor } from '#explainers';
import { RunFailure } from './run-failure.js';

/**
 * Holds a method's output against what every result promises: one row of attributions for each target, one number
 * for each feature, every number finite, the method's own part as its schema says. Returns the output with each
 * negative zero as zero, because the two have one canonical text.
 *
 * @throws RunFailure RESULT_INVALID that names the place
 */
export function checkOutput(explainer: Explainer, output: ExplainerOutput): ExplainerOutput {
  const { tensors, ...document } = output;
  const checked = copyFinite(document, '') as Omit<ExplainerOutput, 'tensors'>;

  expectLength('attributions', checked.attributions, checked.targets.length);
  checked.attributions.forEach((row, target) => expectLength(`attributions/${target}`, row, checked.features.length));
  if (checked.standardErrors !== null) {
    expectLength('standardErrors', checked.standardErrors, checked.targets.length);
    checked.standardErrors.forEach((row, target) => expectLength(`standardErrors/${target}`, row, checked.features.length));
    if (checked.standardErrors.some((row) => row.some((error) => error < 0))) refuse('standardErrors', 'holds a negative number');
  }
  for (const name of ['evaluations', 'modelRows', 'budget'] as const) {
    if (!Number.isSafeInteger(checked[name]) || checked[name] < 0) refuse(name, `is ${checked[name]}, not a count`);
  }
  checkOwnPart(explainer, checked.result);
  tensors?.forEach(checkTensor);
  return tensors === undefined ? checked : { ...checked, tensors };
}

function checkOwnPart(explainer: Explainer, result: unknown): void {
  if (explainer.result === null) {
    if (result !== undefined) refuse('result', 'is present, and the method declares none');
    return;
  }
  const parsed = explainer.result.safeParse(result);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined) refuse(['result', ...issue.path].join('/'), issue.message);
}

function checkTensor(tensor: Tensor): void {
  const at = `tensors/${tensor.name}`;
  const size = tensor.shape.reduce((product, length) => product * length, 1);
  if (tensor.data.length !== size) refuse(at, `holds ${tensor.data.length} numbers for the shape [${tensor.shape.join(', ')}]`);
  // A byte is finite, and there can be 64 million of them.
  if (!(tensor.data instanceof Uint8Array) && !tensor.data.every(Number.isFinite)) refuse(at, 'holds a number that is not finite');
  if (!Number.isFinite(tensor.maxAbsError)) refuse(`${at}/maxAbsError`, 'is not finite');
}

function expectLength(at: string, rows: readonly unknown[], length: number): void {
  if (rows.length !== length) refuse(at, `has ${rows.length} entries instead of ${length}`);
}

function copyFinite(value: unknown, at: string): unknown {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(at, `is ${value}`);
    return value === 0 ? 0 : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) refuse(at, 'is a typed array outside `tensors`');
  if (Array.isArray(value)) return value.map((item: unknown, index) => copyFinite(item, join(at, index)));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyFinite(item, join(at, key))]));
}

function join(at: string, key: string | number): string {
  return at === '' ? String(key) : `${at}/${key}`;
}

function refuse(at: string, fault: string): never {
  throw new RunFailure({ code: 'RESULT_INVALID', detail: `${at} of the result ${fault}` });
}
