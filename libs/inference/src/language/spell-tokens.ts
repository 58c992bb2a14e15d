/**
 * Shares a text out to the tokens that made it. A token that ends in the middle of a character shows U+FFFD for the time being: it gets
 * only what stays, and the token that completes the character gets the character.
 *
 * @param texts of the tokens before, of these and one more, and so on; the last is the whole
 * @returns one string for each text but the first; together they are what the whole has beyond the first
 */
export function spellTokens(texts: readonly string[]): readonly string[] {
  const whole = texts.at(-1) ?? '';
  let place = countCommon(texts[0] ?? '', whole);
  return texts.slice(1).map((text, at) => {
    const from = place;
    place = at === texts.length - 2 ? whole.length : Math.max(from, countCommon(text, whole));
    return whole.slice(from, place);
  });
}

/** Length of the beginning that two texts share, without half of a surrogate pair. */
function countCommon(text: string, whole: string): number {
  let length = 0;
  while (length < text.length && length < whole.length && text.charCodeAt(length) === whole.charCodeAt(length)) length++;
  const last = whole.charCodeAt(length - 1);
  return last >= 0xd800 && last < 0xdc00 ? length - 1 : length;
}
