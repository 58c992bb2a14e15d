import { reaches, type Bench, type Ratio } from './bench.js';
import type { Machine } from './machine.js';

/** The ratios of one benchmark for a person to read. */
export function renderTable(bench: Bench, ratios: readonly Ratio[], machine: Machine): string {
  const rows = ratios.map((ratio) => [
    ratio.label,
    format(ratio.value),
    `${ratio.better === 'lower' ? '≤' : '≥'} ${format(ratio.goal)}`,
    reaches(ratio) ? 'reached' : 'missed',
  ]);
  const all = [['', 'measured', 'goal', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const { cpu, cores, memoryMib, os, node, load } = machine;
  return [
    `${bench.name}: ${bench.about}`,
    ...lines,
    `machine: ${cpu}, ${cores} cores, ${memoryMib} MiB, ${os}, Node ${node}; load before the start ${load}`,
    '',
  ].join('\n');
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}
