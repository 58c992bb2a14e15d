import { describe, expect, it } from '@jest/globals';
import { operations } from './operations.js';

describe('the routes', () => {
  it('that take something away ask for the scope admin', () => {
    const removing = operations.filter(({ method }) => method === 'DELETE');
    expect(removing.map(({ id, scope }) => [id, scope])).toEqual(removing.map(({ id }) => [id, 'admin']));
    expect(removing.length).toBeGreaterThan(4);
  });
});
