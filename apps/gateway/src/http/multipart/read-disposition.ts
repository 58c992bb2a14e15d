const PARAMETER = /;\s*([\w*-]{1,32})=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))\s*/y;

/**
 * The `name` of a part: from `Content-Disposition: form-data; name="…"`.
 *
 * @param header as Dicer gives it, one byte per character
 * @returns null where the header is none of a form, names no part, or names it twice
 */
export function readDispositionName(header: string): string | null {
  const start = /^\s*form-data\s*(?=;|$)/i.exec(header);
  if (start === null) return null;
  PARAMETER.lastIndex = start[0].length;
  let name: string | null = null;
  while (PARAMETER.lastIndex < header.length) {
    const match = PARAMETER.exec(header);
    if (match === null) return null;
    if (match[1]?.toLowerCase() !== 'name') continue;
    if (name !== null) return null;
    // Only a quote is escaped, as browsers write it: any other backslash is part of the name, and no name here has one.
    name = match[2]?.replaceAll('\\"', '"') ?? match[3] ?? '';
  }
  return name === null ? null : Buffer.from(name, 'latin1').toString('utf8');
}
