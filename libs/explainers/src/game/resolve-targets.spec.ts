import { describe, expect, it } from '@jest/globals';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { TargetRequest } from '../contract/explainer.js';
import type { ModelDescription, OutputKind } from '../contract/model-description.js';
import { resolveTargets } from './resolve-targets.js';

function describeModel(kind: OutputKind, classes: readonly string[] = ['bad', 'good', '1']): ModelDescription {
  return {
    name: 'toy',
    version: '1',
    sha256: '',
    task: kind === 'value' ? 'tabular-regression' : 'tabular-classification',
    classes: kind === 'value' ? [] : classes,
    multiLabel: false,
    output: { name: 'out', kind },
    features: [],
    maxTokens: null,
    maskToken: null,
    backgroundRows: 0,
    batchInvariant: true,
  };
}
const resolve = (target: TargetRequest, kind: OutputKind, predicted = 1) =>
  resolveTargets({ targets: [target] }, describeModel(kind), predicted)[0];

function refusal(target: TargetRequest, kind: OutputKind, targetPointers?: readonly string[]): unknown {
  try {
    return resolveTargets({ targets: [target], ...(targetPointers ? { targetPointers } : {}) }, describeModel(kind), 0);
  } catch (error) {
    return error;
  }
}

describe('resolveTargets', () => {
  it.each([
    ['logits', 'probability'],
    ['probabilities', 'probability'],
    ['margin', 'margin'],
  ] as const)('explains the predicted class of %s as %s by default', (kind, space) => {
    expect(resolve({}, kind, 1)).toEqual({ class: 'good', index: 1, against: null, space });
  });

  it('explains the value of a regression', () => {
    expect(resolve({}, 'value')).toEqual({ class: null, index: 0, against: null, space: 'value' });
  });

  it('finds a class by label or by index, and takes a text of digits for a label', () => {
    expect(resolve({ class: 'bad' }, 'logits')?.index).toBe(0);
    expect(resolve({ class: 1 }, 'logits')?.index).toBe(1);
    expect(resolve({ class: '1' }, 'logits')?.index).toBe(2);
  });

  it('contrasts two classes by their logits, or by the ratio of their probabilities', () => {
    expect(resolve({ contrast: ['good', 0] }, 'logits')).toEqual({ class: 'good', index: 1, against: 0, space: 'logit' });
    expect(resolve({ contrast: ['good', 0] }, 'probabilities')).toEqual({ class: 'good', index: 1, against: 0, space: 'log-odds' });
  });

  it.each([
    [{ class: 'ugly' }, 'logits', 'CLASS_UNKNOWN', '/targets/0/class', '"bad", "good", "1"'],
    [{ class: 3 }, 'logits', 'CLASS_UNKNOWN', '/targets/0/class', '0 … 2'],
    [{ class: 0.5 }, 'logits', 'CLASS_UNKNOWN', '/targets/0/class', '0 … 2'],
    [{ class: '__proto__' }, 'logits', 'CLASS_UNKNOWN', '/targets/0/class', '"bad"'],
    [{ contrast: ['good', 'ugly'] }, 'logits', 'CLASS_UNKNOWN', '/targets/0/contrast/1', '"bad"'],
    [{ contrast: ['good', 1] }, 'logits', 'PARAM_INVALID', '/targets/0/contrast', '"bad"'],
    [
      { space: 'logit' },
      'probabilities',
      'TARGET_SPACE_UNSUPPORTED',
      '/targets/0/space',
      'Supported: probability, log-probability, log-odds, link-of-mean.',
    ],
    [{ space: 'margin' }, 'logits', 'TARGET_SPACE_UNSUPPORTED', '/targets/0/space', 'logit'],
    [{ space: 'value' }, 'logits', 'TARGET_SPACE_UNSUPPORTED', '/targets/0/space', 'probability'],
    [{ space: 'probability' }, 'margin', 'TARGET_SPACE_UNSUPPORTED', '/targets/0/space', 'Supported: margin.'],
    [{ space: 'probability' }, 'value', 'TARGET_SPACE_UNSUPPORTED', '/targets/0/space', 'Supported: value.'],
    [{ contrast: [0, 1], space: 'probability' }, 'logits', 'TARGET_SPACE_UNSUPPORTED', '/targets/0/space', 'logit, log-odds'],
    [{ class: 'good' }, 'value', 'CLASS_UNKNOWN', '/targets/0/class', 'Leave it out'],
    [{ contrast: [0, 1] }, 'value', 'CLASS_UNKNOWN', '/targets/0/contrast', 'Leave it out'],
  ] as const)('refuses %j of %s with %s at %s', (target, kind, code, pointer, remedy) => {
    const problem = refusal(target, kind);
    expect(problem).toBeInstanceOf(ExplainProblem);
    expect(problem).toMatchObject({ code, pointer });
    expect((problem as ExplainProblem).remedy).toContain(remedy);
  });

  it('points into `target` where the request had one', () => {
    expect(refusal({ class: 'ugly' }, 'logits', ['/target'])).toMatchObject({ pointer: '/target/class' });
  });
});
