/** Buffer.indexOf is native: a body of megabytes is not walked through in JavaScript before its size was judged. */
const member = Buffer.from('"base64"');
const quoteMark = 0x22;
const blanks = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Bytes of the first string under the key `base64` in JSON text: the picture of a request, which does not count against the size of the rest.
 *
 * @returns 0 where there is none
 */
export function measurePicture(json: Buffer): number {
  const key = json.indexOf(member);
  if (key < 0) return 0;
  let at = skipBlanks(json, key + member.length);
  if (json[at] !== 0x3a) return 0;
  at = skipBlanks(json, at + 1);
  if (json[at] !== quoteMark) return 0;
  // Base64 has no quote of its own, and no backslash before one.
  const end = json.indexOf(quoteMark, at + 1);
  return end < 0 ? 0 : end - at - 1;
}

function skipBlanks(json: Buffer, from: number): number {
  let at = from;
  while (blanks.has(json[at] ?? 0)) at += 1;
  return at;
}
