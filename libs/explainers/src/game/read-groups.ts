import type { PlayerCandidate } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { FeatureColumn } from '../contract/model-description.js';
import type { Span } from '../contract/model.js';
import type { GroupRequest } from './game-params.js';
import { nameChoices, quote } from './name-choices.js';

/** A group of columns, by index. */
export interface ColumnGroup {
  readonly name: string;
  readonly columns: readonly number[];
}

/**
 * Groups of spans as candidates for players.
 *
 * @throws ExplainProblem GROUP_INVALID for a repeated name, columns, a span that is empty, backwards, out of range or within a
 *   character, and spans that overlap
 */
export function readSpanGroups(groups: readonly GroupRequest[], text: string): readonly PlayerCandidate[] {
  checkNames(groups);
  const taken: { readonly span: Span; readonly pointer: string }[] = [];
  const candidates = groups.map(({ name, spans, columns }, index): PlayerCandidate => {
    const pointer = `/params/groups/${index}`;
    if (columns !== undefined) refuse('a text has no columns', `${pointer}/columns`, 'Give spans.');
    if (spans === undefined) refuse(`the group ${quote(name)} is empty`, pointer, 'Give spans.');
    spans.forEach((span, at) => {
      checkSpan(span, text, `${pointer}/spans/${at}`);
      taken.push({ span, pointer: `${pointer}/spans/${at}` });
    });
    return { name, spans: spans.toSorted((a, b) => a[0] - b[0]) };
  });
  checkOverlap(taken);
  return candidates;
}

/**
 * Groups of columns.
 *
 * @throws ExplainProblem GROUP_INVALID for a repeated name, spans, an unknown column, and a column named twice
 */
export function readColumnGroups(groups: readonly GroupRequest[], columns: readonly FeatureColumn[]): readonly ColumnGroup[] {
  checkNames(groups);
  const names = columns.map((column) => column.name);
  const owners = new Map<number, string>();
  return groups.map(({ name, spans, columns: members }, index) => {
    const pointer = `/params/groups/${index}`;
    if (spans !== undefined) refuse('a row has no spans', `${pointer}/spans`, 'Give columns.');
    if (members === undefined) refuse(`the group ${quote(name)} is empty`, pointer, 'Give columns.');
    const indices = members.map((member, at) => {
      const column = names.indexOf(member);
      if (column < 0)
        refuse(`the model has no column ${quote(member)}`, `${pointer}/columns/${at}`, `Columns: ${nameChoices(member, names)}.`);
      const owner = owners.get(column);
      if (owner !== undefined) {
        refuse(`the column ${quote(member)} is in ${quote(owner)} already`, `${pointer}/columns/${at}`, 'Name each column once.');
      }
      owners.set(column, name);
      return column;
    });
    return { name, columns: indices };
  });
}

function checkNames(groups: readonly GroupRequest[]): void {
  const seen = new Set<string>();
  groups.forEach(({ name }, index) => {
    if (seen.has(name)) refuse(`two groups are named ${quote(name)}`, `/params/groups/${index}/name`, 'Give each group a name of its own.');
    seen.add(name);
  });
}

function checkSpan([start, end]: Span, text: string, pointer: string): void {
  if (start >= end) refuse(`the span [${start}, ${end}] is empty`, pointer, 'The end is the first code unit after the span.');
  if (end > text.length) {
    refuse(`the span [${start}, ${end}] ends beyond the text`, pointer, `The text has ${text.length} UTF-16 code units.`);
  }
  if (splitsPair(text, start) || splitsPair(text, end)) {
    refuse(`the span [${start}, ${end}] cuts a surrogate pair in two`, pointer, 'Move its border by one code unit.');
  }
}

function splitsPair(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, at - 1), at + 1));
}

function checkOverlap(taken: readonly { readonly span: Span; readonly pointer: string }[]): void {
  const sorted = taken.toSorted((a, b) => a.span[0] - b.span[0]);
  sorted.forEach(({ span, pointer }, index) => {
    const before = sorted[index - 1];
    if (before !== undefined && before.span[1] > span[0]) {
      refuse(`the spans [${before.span.join(', ')}] and [${span.join(', ')}] overlap`, pointer, 'Give each part of the text once.');
    }
  });
}

function refuse(detail: string, pointer: string, remedy: string): never {
  throw new ExplainProblem('GROUP_INVALID', detail, pointer, remedy);
}
