import type { PageCursor } from '#history';

/** Rows strictly after the cursor in newest-first order. */
export function afterCursor(cursor: PageCursor | null) {
  return cursor === null ? [] : [{ OR: [{ createdAt: { lt: cursor.createdAt } }, { createdAt: cursor.createdAt, id: { lt: cursor.id } }] }];
}

export function newestFirst(): [{ createdAt: 'desc' }, { id: 'desc' }] {
  return [{ createdAt: 'desc' }, { id: 'desc' }];
}

/** One condition per label: the JSON document has this key with exactly this text. */
export function withLabels(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels).map(([key, value]) => ({ labels: { path: [key], equals: value } }));
}
