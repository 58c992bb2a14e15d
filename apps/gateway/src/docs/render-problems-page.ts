import { problemCatalog, problemCodes } from '#platform';
import { escapeHtml, renderHtmlPage, renderProse } from './html-page.js';

/** The catalogue as a page whose anchors are the codes: the `type` of a problem document leads here. */
export function renderProblemsPage(): string {
  const index = problemCodes.map((code) => `<a href="#${code}"><code>${code}</code></a>`).join(' ');
  const sections = problemCodes.map((code) => {
    const entry = problemCatalog[code];
    const retry = entry.retryable ? 'The same request may succeed later.' : 'The same request will fail again.';
    return `<section id="${code}"><h3><code>${code}</code></h3>
<p><strong>${escapeHtml(entry.title)}.</strong> <span class="quiet">Status ${entry.status}. ${retry}</span></p>
<p>${renderProse(entry.when)}</p>
<p>What to do: ${renderProse(entry.remedy)}</p></section>`;
  });
  return renderHtmlPage(
    'Vitrine: problems',
    `<h1>Problems</h1>
<p>Every error is a problem document (RFC 9457) with one of these codes. Programs branch on <code>code</code>, people read <code>detail</code> and <code>remedy</code>.
A fault during a run stands in the <code>error</code> member of the job. <a href="/docs">Back to the reference</a>.</p>
<p>${index}</p>
${sections.join('\n')}`,
  );
}
