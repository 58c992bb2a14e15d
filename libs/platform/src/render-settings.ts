import { settings } from './settings.js';

/** The variables as the page docs/reference/settings.md. */
export function renderSettings(): string {
  const rows = Object.entries(settings).map(([name, setting]) => `| \`${name}\` | ${setting.fallback} | ${setting.about} |`);
  return [
    '# Settings\n',
    'All settings are variables of the environment, read once at start. An empty value counts as absent.',
    'A value that cannot be used stops the start with a sentence that says why.\n',
    '| variable | where absent | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
