import type { PageCursor } from '#history';

/** Rows strictly after the cursor in newest-first order, for lists that stay short. Long ones: `intersectLists`. */
export function afterCursor(cursor: PageCursor | null) {
  return cursor === null ? [] : [{ OR: [{ createdAt: { lt: cursor.createdAt } }, { createdAt: cursor.createdAt, id: { lt: cursor.id } }] }];
}

export function newestFirst(): [{ createdAt: 'desc' }, { id: 'desc' }] {
  return [{ createdAt: 'desc' }, { id: 'desc' }];
}
