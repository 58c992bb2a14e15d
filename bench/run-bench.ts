import { benches } from './benches.js';
import { describeMachine } from './machine.js';
import { renderTable } from './render-table.js';

/** `npm run bench -- [name…] [--json]`. The exit code is 1 when a benchmark could not be run, whatever it measured. */
const words = process.argv.slice(2);
const asJson = words.includes('--json');
const names = words.filter((word) => word !== '--json');
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(`no such benchmark: ${unknown.join(', ')}. There are: ${benches.map((bench) => bench.name).join(', ')}\n`);
  process.exit(2);
}
for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const machine = describeMachine();
  const ratios = await bench.run((line) => process.stderr.write(`${bench.name}: ${line}\n`));
  process.stdout.write(asJson ? `${JSON.stringify({ name: bench.name, ratios, machine })}\n` : renderTable(bench, ratios, machine));
}
