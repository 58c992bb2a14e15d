const lists: readonly string[] = ['inputs', 'items'];

/**
 * A body by which two requests are compared. An item with half of a surrogate pair, which has no canonical form, is its JSON text: it will be
 * refused, and so would be what looks like it.
 *
 * @param body that fits the schema of a batch
 */
export function comparableBatch(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]): [string, unknown] => [
      name,
      lists.includes(name) && Array.isArray(value) ? value.map(comparable) : value,
    ]),
  );
}

function comparable(item: unknown): unknown {
  // JSON writes half of a pair as an escape.
  const json = JSON.stringify(item);
  return /\\u[dD][89a-fA-F]/.test(json) ? { json } : item;
}
