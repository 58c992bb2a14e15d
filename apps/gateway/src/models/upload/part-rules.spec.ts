import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '#platform';
import { nameFile } from './part-rules.js';

const none: ReadonlySet<string> = new Set();
const codeOf = (part: string, taken = none): unknown => {
  try {
    return nameFile(part, taken);
  } catch (error) {
    return error instanceof ProblemError ? error.problem.code : error;
  }
};

describe('the file name of a part', () => {
  it.each([
    ['model.onnx', 'model.onnx'],
    ['onnx/model.onnx', 'model.onnx'],
    ['onnx/model.onnx_data', 'model.onnx_data'],
    ['onnx', 'onnx'],
    ['onnx__MatMul_1', 'onnx__MatMul_1'],
  ])('of %s is %s', (part, name) => expect(nameFile(part, none)).toBe(name));

  it.each([
    'onnx/',
    'onnx//model.onnx',
    'onnx/onnx/model.onnx',
    'onnx/../model.onnx',
    'onnx/.hidden',
    'ONNX/model.onnx',
    './onnx/model.onnx',
  ])('is refused for %s', (part) => expect(codeOf(part)).toBe('PART_REFUSED'));
  it.each(['other/model.onnx', '../model.onnx', '/model.onnx', 'a\\b', 'nul', 'COM1.txt', 'a.', '', 'x'.repeat(129)])(
    'is refused for %j',
    (part) => expect(codeOf(part)).toBe('PART_REFUSED'),
  );

  it('is one name, in its folder or not, in whatever case', () => {
    expect(codeOf('onnx/Model.onnx', new Set(['model.onnx']))).toBe('PART_REFUSED');
  });
});
