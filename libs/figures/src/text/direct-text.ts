const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const DIGIT = /\p{Nd}/u;
const LETTER = /\p{L}/u;

/**
 * Embedding levels of the graphemes of one paragraph: even ones run to the right, odd ones to the left. The paragraph's own
 * level is that of its first letter.
 *
 * A part of the Unicode Bidirectional Algorithm (UAX #9): letters and digits have a direction, everything else takes that of
 * its neighbours where they agree, else that of the paragraph. Explicit marks of direction have no effect.
 */
export function directText(graphemes: readonly string[]): { readonly base: 0 | 1; readonly levels: readonly number[] } {
  const first = graphemes.find((grapheme) => LETTER.test(grapheme));
  const base = first !== undefined && RIGHT_TO_LEFT.test(first) ? 1 : 0;
  const toRight = base === 1 ? 2 : 0;
  let lastStrong: 0 | 1 = base;
  const known = graphemes.map((grapheme): number | null => {
    if (RIGHT_TO_LEFT.test(grapheme) && !DIGIT.test(grapheme)) {
      lastStrong = 1;
      return 1;
    }
    // Digits after letters that run to the left stand among them, but run to the right themselves.
    if (DIGIT.test(grapheme)) return lastStrong === 1 ? 2 : toRight;
    if (!LETTER.test(grapheme)) return null;
    lastStrong = 0;
    return toRight;
  });
  return { base, levels: fillNeutrals(known, base) };
}

function fillNeutrals(known: readonly (number | null)[], base: number): readonly number[] {
  const levels: number[] = [];
  for (let index = 0; index < known.length; index++) {
    const level = known[index];
    if (level != null) {
      levels.push(level);
      continue;
    }
    let end = index;
    while (end < known.length && known[end] == null) end++;
    const before = levels[index - 1] ?? base;
    const after = known[end] ?? base;
    const filled = before === after ? before : before % 2 === 1 && after > 0 && base === 0 ? 1 : base;
    for (; index < end; index++) levels.push(filled);
    index--;
  }
  return levels;
}

/** The order in which the items of one line are seen, from left to right (UAX #9, rule L2). */
export function orderVisually(levels: readonly number[]): readonly number[] {
  const order = levels.map((_level, index) => index);
  const highest = levels.reduce((most, level) => Math.max(most, level), 0);
  for (let level = highest; level >= 1; level--) {
    for (let start = 0; start < order.length; start++) {
      let end = start;
      while (end < order.length && (levels[order[end] ?? -1] ?? 0) >= level) end++;
      if (end - start > 1) order.splice(start, end - start, ...order.slice(start, end).reverse());
      if (end > start) start = end;
    }
  }
  return order;
}
