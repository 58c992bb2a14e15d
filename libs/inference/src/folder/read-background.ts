import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ExplainProblem, type FeatureColumn, type Table } from '#explainers';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads background rows, typed by the model's columns. The file has a header; its columns may come in any order, and
 * a column `label` is no feature. A category stands under its name or, where no category has that name, its code.
 *
 * @param name of the file, below `folder`
 * @throws ExplainProblem BACKGROUND_INVALID that names line and column
 */
export async function readBackground(folder: string, name: string, features: readonly FeatureColumn[]): Promise<Table> {
  const records = readRecords(name, await readFile(join(folder, name), 'utf8'));
  const [header, ...lines] = records;
  if (header === undefined) throw invalid(name, 'has no header');
  const places = features.map((feature) => {
    const place = header.indexOf(feature.name);
    if (place < 0) throw invalid(name, `has no column ${feature.name}`);
    return place;
  });
  const known = new Set([...features.map((feature) => feature.name), 'label']);
  const stranger = header.find((column, place) => !known.has(column) || header.indexOf(column) !== place);
  if (stranger !== undefined) throw invalid(name, `has a column ${JSON.stringify(stranger)} that the model does not have, or has it twice`);
  const cells = new Float64Array(lines.length * features.length);
  lines.forEach((line, row) => {
    features.forEach((feature, column) => {
      const text = line[places[column] ?? -1] ?? '';
      const value = readCell(feature, text);
      if (value === null)
        throw invalid(
          name,
          `row ${row + 1}: ${JSON.stringify(text)} is no ${feature.kind === 'numeric' ? 'number' : 'category'} of column ${feature.name}`,
        );
      cells[row * features.length + column] = value;
    });
  });
  return { rows: lines.length, columns: features.length, cells };
}

function readRecords(name: string, text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true });
  } catch (error) {
    throw invalid(name, `cannot be read as CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readCell(feature: FeatureColumn, text: string): number | null {
  const { categories } = feature;
  if (categories === undefined) {
    const value = decimal.test(text.trim()) ? Number(text) : NaN;
    return Number.isFinite(value) ? value : null;
  }
  const named = categories.includes(text) ? categories.indexOf(text) : categories.indexOf(text.trim());
  if (named >= 0) return named;
  const code = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  return code < categories.length ? code : null;
}

function invalid(name: string, what: string): ExplainProblem {
  return new ExplainProblem('BACKGROUND_INVALID', `${name} ${what}`);
}
