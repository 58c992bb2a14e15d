import { describe, expect, it } from '@jest/globals';
import type { ProblemCode } from '#platform';
import { operations } from '../../operations.js';
import { problemsOf, sharedProblemsOf } from './problems-of.js';

const having = (...wanted: readonly ProblemCode[]) =>
  operations.filter((operation) => wanted.every((code) => problemsOf(operation).some((one) => one.code === code))).map(({ id }) => id);

describe('the problems of a route', () => {
  it('follow from its pages, its body and its form', () => {
    const paged = operations.filter(({ query }) => Object.keys(query?.parameters.shape ?? {}).includes('pageSize'));
    expect(having('PAGE_TOKEN_INVALID', 'PAGE_SIZE_INVALID', 'FILTER_INVALID')).toEqual(paged.map(({ id }) => id));
    const forms = ['uploadVersion', 'uploadDataset'];
    expect(having('MULTIPART_MALFORMED', 'PART_REFUSED', 'DIGEST_MISMATCH', 'BODY_TOO_LARGE', 'STORAGE_FULL')).toEqual(forms);
    const written = operations.filter(({ id, method }) => ['POST', 'PUT'].includes(method) && !forms.includes(id));
    expect(having('MALFORMED_JSON', 'SCHEMA_VIOLATION', 'FIELD_UNKNOWN', 'BODY_TOO_LARGE')).toEqual(written.map(({ id }) => id));
  });

  it('are listed by the route only where they do not follow', () => {
    for (const operation of operations) {
      const shared: readonly string[] = sharedProblemsOf(operation);
      expect([operation.id, (operation.problems ?? []).filter((one) => typeof one === 'string' && shared.includes(one))]).toEqual([
        operation.id,
        [],
      ]);
    }
  });
});
