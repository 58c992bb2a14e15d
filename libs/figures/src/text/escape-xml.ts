const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Text as it may stand between tags and in attributes, of XML and of HTML. XML knows no way to write control characters:
 * they are shown by their pictures (U+2400 …), and what is no character at all by U+FFFD.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replace(/\p{Cc}/gu, pictureControl)
    .replace(/[\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
}

function pictureControl(control: string): string {
  if (/[\t\n\r]/.test(control)) return control;
  const code = control.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
