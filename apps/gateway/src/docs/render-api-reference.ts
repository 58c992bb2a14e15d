import type { MemberRow } from './describe-schema.js';
import type { ReferenceOutline } from './outline-reference.js';

/** The reference as the page docs/reference/api.md. */
export function renderApiReference(reference: ReferenceOutline): string {
  const sections = [
    '# REST interface\n',
    'Made from the same descriptions that serve the routes; the running platform shows it at /docs, and as OpenAPI 3.1 at /openapi.json. Errors are described in [problems.md](problems.md).\n',
    ...reference.groups.flatMap((group) => [`## ${group.tag}\n`, `${group.about}\n`, ...group.operations.map(renderOperation)]),
    '## Methods and their parameters\n',
    'What a request leaves out is written into the stored request.\n',
    ...reference.methods.map(
      (method) =>
        `### ${method.id}\n\n${method.about}\n\nExplains ${method.tasks.join(', ')}. Family ${method.family}.\n\n${renderMembers(method.params)}`,
    ),
    '## Limits\n',
    renderTable(
      ['what', 'limit'],
      reference.limits.map((limit) => [limit.name, limit.value]),
    ),
  ];
  return `${sections.join('\n').trimEnd()}\n`;
}

function renderOperation(operation: ReferenceOutline['groups'][number]['operations'][number]): string {
  const parameters = operation.parameters.map((one) => [`\`${one.name}\``, one.in, `\`${one.type}\``, describe(one)]);
  const answers = [
    ...operation.answers.map((one) => [one.status, one.about, one.type === '' ? '' : `\`${one.type}\``]),
    ...operation.problems.map((one) => [one.status, one.codes.join(', '), '`Problem`']),
  ];
  return [
    `### ${operation.method} ${operation.path}\n`,
    `${operation.summary}. ${operation.about}`.trim() + '\n',
    ...(operation.body === null ? [] : [`Body: \`${operation.body}\`.\n`]),
    ...(parameters.length === 0 ? [] : [renderTable(['parameter', 'in', 'type', 'meaning'], parameters)]),
    renderTable(['answer', 'meaning', 'body'], answers),
  ].join('\n');
}

function renderMembers(members: readonly MemberRow[]): string {
  return renderTable(
    ['member', 'type', 'meaning'],
    members.map((member) => [`\`${member.name}\``, `\`${member.type}\``, describe(member)]),
  );
}

function describe(member: MemberRow): string {
  return `${member.about}${member.fallback === null ? '' : ` Default \`${member.fallback}\`.`}`.trim();
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return `${[line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')}\n`;
}
