import { describe, expect, it } from '@jest/globals';
import { explainers } from '../registry.js';
import { checkTask } from './check-task.js';
import type { ModelDescription } from './model-description.js';
import { tasks, type Task } from './task.js';

const describeModel = (task: Task): ModelDescription => ({
  ...{ name: 'toy', version: '1', sha256: '', task, classes: [], multiLabel: false, output: { name: 'logits', kind: 'logits' } },
  ...{ features: [], maxTokens: 16, maskToken: null, backgroundRows: 0, batchInvariant: false },
});
const all = explainers.flatMap((explainer) => tasks.map((task) => [explainer.method, task, explainer] as const));

describe('checkTask', () => {
  it.each(all)('of %s lets a %s model through exactly where the method lists it', (method, task, explainer) => {
    const check = () => checkTask(explainer, describeModel(task));
    if (explainer.tasks.includes(task)) expect(check).not.toThrow();
    else
      expect(check).toThrow(
        expect.objectContaining({
          code: 'METHOD_NOT_APPLICABLE',
          pointer: '/method',
          detail: expect.stringContaining(`${method} explains `),
        }),
      );
  });

  it('names the methods of the task, as far as it is told of them', () => {
    const [lime] = explainers.filter(({ method }) => method === 'lime-tabular');
    if (lime === undefined) throw new Error('no lime-tabular');
    const remedy = 'Methods for text-regression: "near", "far".';
    const known = [
      { method: 'near', tasks: ['text-regression'] },
      { method: 'other', tasks: ['causal-lm'] },
      { method: 'far', tasks: ['text-regression'] },
    ] as const;
    expect(() => checkTask(lime, describeModel('text-regression'), known)).toThrow(expect.objectContaining({ remedy }));
    expect(() => checkTask(lime, describeModel('text-regression'))).toThrow(expect.objectContaining({ remedy: null }));
  });

  it.each(['exact-shap', 'global-importance', 'kernel-shap', 'lime-tabular', 'lime-text', 'occlusion', 'permutation-shap'])(
    'keeps %s from language models, which answer no row',
    (method) => {
      expect(explainers.find((one) => one.method === method)?.tasks).not.toContain('causal-lm');
    },
  );
});
