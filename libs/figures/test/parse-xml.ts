export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text directly in it, decoded. */
  readonly text: string;
}

const ATTRIBUTE = /\s+([A-Za-z_][\w.:-]*)="([^"<]*)"/y;
const NAME = /^[A-Za-z_][\w.:-]*/;
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g;
const DECODED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

/**
 * Reads a document of one element strictly, as an XML parser would: no comments, no declarations, five entities.
 *
 * @throws SyntaxError where the document is not well-formed
 */
export function parseXml(source: string): XmlElement {
  // Characters that XML 1.0 forbids, whichever way they are written (section 2.2).
  const forbidden = Array.from(source).find((character) => !isXmlCharacter(character.codePointAt(0) ?? 0));
  if (forbidden !== undefined) throw new SyntaxError(`U+${(forbidden.codePointAt(0) ?? 0).toString(16)} is no XML character`);
  const { element, end } = readElement(source, 0);
  if (source.slice(end).trim() !== '') throw new SyntaxError('content after the root');
  return element;
}

/** The element and everything below it. */
export function everyElement(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap(everyElement)];
}

function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

function readElement(source: string, start: number): { element: XmlElement; end: number } {
  const name = source.startsWith('<', start) ? NAME.exec(source.slice(start + 1, start + 64))?.[0] : undefined;
  if (name === undefined) throw new SyntaxError(`no element at ${start}: ${source.slice(start, start + 40)}`);
  let at = start + 1 + name.length;
  const attributes: Record<string, string> = {};
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const attribute = ATTRIBUTE.exec(source);
    if (attribute === null) break;
    const [whole, key = '', value = ''] = attribute;
    if (key in attributes) throw new SyntaxError(`${key} twice in ${name}`);
    attributes[key] = decode(value);
    at += whole.length;
  }
  if (source.startsWith('/>', at)) return { element: { name, attributes, children: [], text: '' }, end: at + 2 };
  if (!source.startsWith('>', at)) throw new SyntaxError(`${name} is not closed: ${source.slice(at, at + 40)}`);
  at += 1;
  const children: XmlElement[] = [];
  let text = '';
  while (!source.startsWith('</', at)) {
    const next = source.indexOf('<', at);
    if (next < 0) throw new SyntaxError(`${name} has no end`);
    text += decode(source.slice(at, next));
    at = next;
    if (source.startsWith('</', at)) break;
    const child = readElement(source, at);
    children.push(child.element);
    at = child.end;
  }
  if (!source.startsWith(`</${name}>`, at)) throw new SyntaxError(`${name} is ended by ${source.slice(at, at + 20)}`);
  return { element: { name, attributes, children, text }, end: at + name.length + 3 };
}

function decode(text: string): string {
  if (text.replace(ENTITY, '').includes('&')) throw new SyntaxError(`a bare & in ${text.slice(0, 40)}`);
  return text.replace(ENTITY, (entity) => DECODED[entity] ?? '');
}
