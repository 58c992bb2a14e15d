import type { MemberRow } from './describe-schema.js';
import { escapeHtml, renderHtmlPage, renderProse } from './html-page.js';
import type { MethodOutline, OperationOutline, ReferenceOutline } from './outline-reference.js';

/** Stands for the address at which the page is read. */
export const hostMark = '{host}';

/** The reference as one page without scripts. */
export function renderDocsPage(reference: ReferenceOutline, version: string): string {
  const names = new Set(reference.schemas.map((schema) => schema.name));
  const link = (type: string) => linkTypes(type, names);
  const contents = [
    ...reference.groups.map((group) => `<a href="#${group.tag}">${group.tag}</a>`),
    '<a href="#parameters">parameters of methods</a>',
    '<a href="#schemas">schemas</a>',
    '<a href="#limits">limits</a>',
    '<a href="/docs/problems">problems</a>',
    '<a href="/openapi.json">OpenAPI</a>',
  ];
  return renderHtmlPage(
    'Vitrine: reference',
    `<h1>Vitrine <small>${escapeHtml(version)}</small></h1>
<p>Explains the predictions of ONNX models and keeps every explanation as evidence. A job is execution: it waits, runs, ends. An explanation is the record it leaves, which never changes.</p>
<p>${contents.join(' · ')}</p>
${renderFirstSteps(reference)}
${reference.groups.map((group) => `<section id="${group.tag}"><h2>${escapeHtml(group.tag)}</h2><p>${renderProse(group.about)}</p>${group.operations.map((one) => renderOperation(one, link)).join('\n')}</section>`).join('\n')}
<section id="parameters"><h2>Parameters of methods</h2>
<p>The <code>params</code> of a job, with every default. What is left out is written into the stored request.</p>
${reference.methods.map((method) => renderMethod(method, link)).join('\n')}</section>
<section id="schemas"><h2>Schemas</h2>${reference.schemas.map((schema) => `<section id="schema-${schema.name}"><h3>${escapeHtml(schema.name)}</h3><p>${renderProse(schema.about)}</p>${schema.members.length === 0 ? `<p><code>${link(schema.type)}</code></p>` : renderMembers(schema.members, link)}</section>`).join('\n')}</section>
<section id="limits"><h2>Limits</h2>${renderTable(
      ['what', 'limit'],
      reference.limits.map((limit) => [escapeHtml(limit.name), escapeHtml(limit.value)]),
    )}</section>`,
  );
}

type Link = (type: string) => string;

function renderFirstSteps(reference: ReferenceOutline): string {
  const example = reference.methods.flatMap((method) => method.examples)[0];
  if (example === undefined) return '';
  return `<section><h2>First steps</h2>
<p>Submit a job and wait for it; then read the explanation it names.</p>
<pre>curl -s ${hostMark}/v1/jobs -H 'content-type: application/json' -H 'prefer: wait=30' -d '${escapeHtml(JSON.stringify(example))}'
curl -s ${hostMark}/v1/explanations/EXPLANATION_ID</pre></section>`;
}

function renderOperation(operation: OperationOutline, link: Link): string {
  const parameters = operation.parameters.map((one) => [
    `<code>${escapeHtml(one.name)}</code>`,
    escapeHtml(one.in),
    `<code>${link(one.type)}</code>`,
    renderProse(one.about) + renderFallback(one),
  ]);
  const answers = operation.answers.map((one) => [
    escapeHtml(one.status),
    renderProse(one.about),
    one.type === '' ? '' : `<code>${link(one.type)}</code>`,
  ]);
  const problems = operation.problems.map((one) => [
    escapeHtml(one.status),
    one.codes.map((code) => `<a href="/docs/problems#${code}"><code>${code}</code></a>`).join(' '),
    '',
  ]);
  return `<section id="${operation.id}"><h3><span class="verb">${operation.method}</span> <code>${escapeHtml(operation.path)}</code></h3>
<p><strong>${renderProse(operation.summary)}.</strong> ${renderProse(operation.about)}</p>
${operation.body === null ? '' : `<p>Body: <code>${link(operation.body)}</code></p>`}
${parameters.length === 0 ? '' : renderTable(['parameter', 'in', 'type', 'meaning'], parameters)}
${renderTable(['answer', 'meaning', 'body'], answers)}
<details><summary>Problems</summary>${renderTable(['status', 'codes', ''], problems)}</details></section>`;
}

function renderMethod(method: MethodOutline, link: Link): string {
  const examples = method.examples.map((example) => `<pre>POST /v1/jobs\n${escapeHtml(JSON.stringify(example, null, 2))}</pre>`);
  return `<section id="method-${method.id}"><h3>${escapeHtml(method.id)}</h3><p>${renderProse(method.about)}</p>
<p class="quiet">Explains ${escapeHtml(method.tasks.join(', '))}. Family ${escapeHtml(method.family)}.</p>
${renderMembers(method.params, link)}
${examples.length === 0 ? '' : `<details><summary>Examples</summary>${examples.join('\n')}</details>`}</section>`;
}

function renderMembers(members: readonly MemberRow[], link: Link): string {
  return renderTable(
    ['member', 'type', 'meaning'],
    members.map((member) => [
      `<code>${escapeHtml(member.name)}</code>${member.required ? '' : ' <small>optional</small>'}`,
      `<code>${link(member.type)}</code>`,
      renderProse(member.about) + renderFallback(member),
    ]),
  );
}

function renderFallback(member: MemberRow): string {
  return member.fallback === null ? '' : ` <small>Default <code>${escapeHtml(member.fallback)}</code>.</small>`;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join('');
  return `<div class="scroll"><table><thead><tr>${cells('th', head)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table></div>`;
}

function linkTypes(type: string, names: ReadonlySet<string>): string {
  return escapeHtml(type).replace(/[A-Za-z]\w*/g, (word) => (names.has(word) ? `<a href="#schema-${word}">${word}</a>` : word));
}
