import 'reflect-metadata';
import { exitOnFailure } from '#assembly';
import { createLogger, loadConfig, Shutdown, stopOnSignal } from '#platform';
import colours from 'picocolors';
import { choosePaint } from './quickstart/paint.js';
import { ExampleFailed, runExamples, type Screen } from './quickstart/run-examples.js';
import { startStandalone } from './standalone.js';

// A job that is stopped here goes on at the next start, so nobody is kept waiting for long.
const GRACE_MS = 3000;

const shutdown = new Shutdown();
await exitOnFailure(shutdown, async () => {
  const config = loadConfig();
  const logger = createLogger({ level: config.logLevel, app: 'quickstart', secrets: config.adminKey === null ? [] : [config.adminKey] });
  stopOnSignal(shutdown, { graceMs: GRACE_MS, logger });
  const { url } = await startStandalone(config, logger, shutdown);
  const screen = openScreen(process.stdout);
  screen.line(`Vitrine ${config.version} is listening on ${url}`);
  const paint = choosePaint(colours.isColorSupported);
  const headers = config.adminKey === null ? {} : { authorization: `Bearer ${config.adminKey}` };
  let first: string | undefined;
  try {
    first = (await runExamples(url, headers, paint, screen))[0]?.id;
  } catch (error) {
    if (!(error instanceof ExampleFailed)) throw error;
    process.stderr.write(`An example failed: ${error.message}\n`);
    await shutdown.run({ graceMs: 0, logger });
    process.exit(1);
  }
  for (const line of nextSteps(url, first)) screen.line(line);
  if (process.argv.includes('--once')) {
    const report = await shutdown.run({ graceMs: 0, logger });
    process.exit(report.failed.length + report.unfinished.length === 0 ? 0 : 1);
  }
  screen.line('\nServing until Ctrl-C.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => screen.line('\nStopping. What still runs goes on at the next start.'));
});

function nextSteps(url: string, first: string | undefined): string[] {
  return [
    '',
    'Where to go next',
    ...(first === undefined ? [] : [`   The first as a page ${url}/v1/explanations/${first}`]),
    `   API and examples    ${url}/docs`,
    `   Your explanations   ${url}/v1/explanations`,
    `   Models              ${url}/v1/models`,
    `   OpenAPI 3.1         ${url}/openapi.json`,
    '   Guides              docs/ in this folder; start with docs/tutorial/first-explanation.md',
  ];
}

function openScreen(out: NodeJS.WriteStream): Screen {
  return {
    line: (text) => void out.write(`${text}\n`),
    progress: (text) => {
      if (out.isTTY) out.write(`\r\u001b[K${text}`);
    },
  };
}
