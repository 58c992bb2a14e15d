import { homeLinks } from './home-links.js';
import { escapeHtml, renderHtmlPage } from './html-page.js';

const meanings: Readonly<Record<keyof typeof homeLinks, string>> = {
  docs: 'The reference of the REST interface, with an example for every method',
  problems: 'All codes of errors: when they come and what to do',
  openapi: 'The same as OpenAPI 3.1, for programs',
  methods: 'The explanation methods, their parameters and defaults',
  models: 'The registered models',
  jobs: 'Jobs, newest first',
  explanations: 'The history of explanations',
  health: 'Whether this process lives',
  readiness: 'Whether it can do its work',
};

export function renderHomePage(version: string): string {
  const links = Object.entries(homeLinks).map(
    ([name, href]) =>
      `<dt><a href="${href}"><code>${escapeHtml(href)}</code></a></dt><dd>${escapeHtml(meanings[name as keyof typeof homeLinks])}</dd>`,
  );
  return renderHtmlPage(
    'Vitrine',
    `<h1>Vitrine <small>${escapeHtml(version)}</small></h1>
<p>Explains the predictions of ONNX models and keeps every explanation as evidence.</p>
<dl>${links.join('\n')}</dl>`,
  );
}
