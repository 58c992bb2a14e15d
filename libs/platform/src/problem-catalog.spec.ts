import { describe, expect, it } from '@jest/globals';
import { problemCatalog, problemCodes } from './problem-catalog.js';
import { renderProblems } from './render-problems.js';

describe('the problem catalogue', () => {
  it.each(problemCodes)('%s has an HTTP error status, whole sentences and a title without a full stop', (code) => {
    const entry = problemCatalog[code];
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(entry.title).toMatch(/^[A-Z].*[^.]$/);
    expect(entry.remedy).toMatch(/^[A-Z].*\.$/);
    expect(entry.when).toMatch(/^[A-Z`].*\.$/i);
  });

  it('tells clients to try again exactly where the status says the fault passes', () => {
    const overloaded = problemCodes.filter((code) => [408, 429, 503].includes(problemCatalog[code].status));
    expect(overloaded.filter((code) => !problemCatalog[code].retryable)).toEqual([]);
    const clientFaults = problemCodes.filter(
      (code) => problemCatalog[code].status < 500 && ![408, 429].includes(problemCatalog[code].status),
    );
    expect(clientFaults.filter((code) => problemCatalog[code].retryable)).toEqual([]);
  });

  it('is rendered with one heading per code, where `type` leads to', () => {
    const headings = renderProblems().match(/^## .*$/gm);
    expect(headings).toEqual(problemCodes.map((code) => `## ${code}`));
  });
});
