import { problemCatalog, problemCodes } from './problem-catalog.js';

/** The catalogue as the page docs/reference/problems.md. Headings are the codes, so that `/docs/problems#CODE` leads there. */
export function renderProblems(): string {
  const sections = problemCodes.map((code) => {
    const entry = problemCatalog[code];
    const retry = entry.retryable ? 'The same request may succeed later.' : 'The same request will fail again.';
    return `## ${code}\n\n**${entry.title}.** Status ${entry.status}. ${retry}\n\n${entry.when}\n\nWhat to do: ${entry.remedy}\n`;
  });
  return [
    '# Problems\n',
    'Every error is a problem document (RFC 9457) with one of the codes below. Programs branch on `code`, people read `detail` and `remedy`.',
    'A fault during a run stands in the `error` member of the job; `status` is then the one the same fault would have had as an answer.\n',
    ...sections,
  ].join('\n');
}
