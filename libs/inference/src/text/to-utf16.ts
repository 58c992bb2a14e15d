/**
 * A map from places in code points to places in UTF-16 code units of the same text.
 *
 * @param text well-formed UTF-16
 * @returns for every code point its first code unit, and the text's length at the end; null where both are the same
 */
export function mapToUtf16(text: string): Int32Array | null {
  if (!/[\ud800-\udfff]/.test(text)) return null;
  const starts: number[] = [];
  for (let at = 0; at < text.length; at++) {
    starts.push(at);
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) at++;
  }
  starts.push(text.length);
  return Int32Array.from(starts);
}
