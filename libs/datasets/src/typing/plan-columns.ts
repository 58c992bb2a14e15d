import { nameChoices, quote } from '#explainers';
import type { DatasetColumn, DatasetShape } from '#catalog';
import { DatasetProblem, type RowFault } from '../dataset-problem.js';
import type { RowSource } from '../formats/row-source.js';
import { MOST_FAULTS, type DatasetLimits } from '../limits.js';
import { categoryReader, featureReader, numberReader, textReader, type CellReader } from './cell-reader.js';
import { inferKinds, type InferredKind } from './infer-kinds.js';
import type { RowTyping } from './row-typing.js';

/** How one column of the file becomes one column of the data set. */
export interface ColumnPlan {
  readonly name: string;
  /** Place in the source. */
  readonly place: number;
  readonly read: CellReader;
}

export interface RowPlan {
  readonly shape: DatasetShape;
  readonly columns: readonly ColumnPlan[];
  /** Null where the rows have no labels. */
  readonly label: ColumnPlan | null;
}

/**
 * Decides what the columns of a file mean.
 *
 * @throws DatasetProblem DATASET_INVALID where the header does not fit; what the source throws, which is read once where kinds
 *   have to be inferred
 */
export async function planColumns(source: RowSource, typing: RowTyping, limits: DatasetLimits): Promise<RowPlan> {
  checkNames(source.columns, limits);
  const { model } = typing;
  const labelColumn = typing.labelIsOptional && !source.columns.includes(typing.labelColumn ?? '') ? null : typing.labelColumn;
  const placeOf = new Map(source.columns.map((name, place) => [name, place]));
  const features = featuresOf(source, typing);
  checkHeader(source.columns, features?.map(({ name }) => name) ?? null, labelColumn);
  const rest = source.columns.filter((name) => name !== labelColumn);
  // Only what nothing else types is inferred: the whole of it costs one reading of the file.
  const untyped = [...(features === null ? rest : []), ...(labelColumn !== null && model === null ? [labelColumn] : [])];
  const kinds = untyped.length === 0 ? new Map<string, InferredKind>() : await inferKinds(source, untyped);
  const columns = features ?? rest.map((name) => inferredColumn(name, kinds));
  const at = (name: string, read: CellReader): ColumnPlan => ({ name, place: placeOf.get(name) ?? -1, read });
  return {
    shape: {
      kind: textColumnOf(typing) === null ? 'tabular' : 'text',
      columns: columns.map(({ column }) => column),
      labelColumn,
      modelName: model?.name ?? null,
    },
    columns: columns.map(({ name, read }) => at(name, read)),
    label: labelColumn === null ? null : at(labelColumn, labelReader(typing, kinds.get(labelColumn) ?? 'text')),
  };
}

interface TypedColumn {
  readonly name: string;
  readonly column: DatasetColumn;
  readonly read: CellReader;
}

/** The columns as far as something else than the file decides them; null where the file alone does. */
function featuresOf(source: RowSource, typing: RowTyping): readonly TypedColumn[] | null {
  const text = textColumnOf(typing);
  if (text !== null) return [{ name: text, column: { name: text, kind: 'text' }, read: textReader(false) }];
  if (typing.model === null) return null;
  return typing.model.features.map((feature) => ({
    name: feature.name,
    column: {
      name: feature.name,
      kind: feature.kind,
      ...(feature.categories === undefined ? {} : { categories: feature.categories }),
    },
    read: featureReader(feature),
  }));
}

function textColumnOf({ model, textColumn }: RowTyping): string | null {
  return textColumn ?? (model?.readsText === true ? 'text' : null);
}

function inferredColumn(name: string, kinds: ReadonlyMap<string, InferredKind>): TypedColumn {
  const kind = kinds.get(name) ?? 'text';
  return { name, column: { name, kind }, read: readerOf(kind) };
}

function readerOf(kind: InferredKind): CellReader {
  return kind === 'numeric' ? numberReader({ float32: false }) : textReader(true);
}

function labelReader({ model }: RowTyping, kind: InferredKind): CellReader {
  if (model === null) return readerOf(kind);
  return model.classes.length === 0 ? numberReader() : categoryReader(model.classes, 'CLASS_UNKNOWN', 'class');
}

function checkNames(columns: readonly string[], limits: DatasetLimits): void {
  if (columns.length > limits.columns)
    throw new DatasetProblem('DATASET_TOO_LARGE', `the file has ${columns.length} columns; at most ${limits.columns} are taken`);
  const seen = new Set<string>();
  for (const name of columns) {
    if (name === '' || name.length > 200 || /\0|\p{Surrogate}/u.test(name))
      throw new DatasetProblem(
        'DATASET_UNREADABLE',
        `${quote(name)} is no name for a column`,
        'Give every column a name of 1 to 200 characters.',
      );
    if (seen.has(name)) throw new DatasetProblem('DATASET_UNREADABLE', `two columns are called ${quote(name)}`);
    seen.add(name);
  }
}

/** @param wanted null where every column is welcome */
function checkHeader(columns: readonly string[], wanted: readonly string[] | null, labelColumn: string | null): void {
  const faults: RowFault[] = [];
  const known = new Set([...(wanted ?? columns), ...(labelColumn === null ? [] : [labelColumn])]);
  for (const name of known)
    if (!columns.includes(name))
      faults.push({
        row: null,
        column: name,
        code: 'COLUMN_MISSING',
        detail: `there is no column ${quote(name)}; the file has ${nameChoices(name, columns)}`,
      });
  for (const name of columns)
    if (!known.has(name))
      faults.push({
        row: null,
        column: name,
        code: 'COLUMN_UNKNOWN',
        detail: `the column ${quote(name)} has no place here; the columns are ${nameChoices(name, wanted ?? [])}`,
      });
  const [first] = faults;
  if (first !== undefined)
    throw new DatasetProblem(
      'DATASET_INVALID',
      first.detail,
      'Send exactly the columns of the model. Where one more column holds the labels, say which in the part `label`; leave out every other column.',
      faults.slice(0, MOST_FAULTS),
    );
}
