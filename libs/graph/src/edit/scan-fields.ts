/** A field of a serialised protobuf message, by where it lies. */
export interface FieldSpan {
  readonly number: number;
  /** First byte of its tag. */
  readonly start: number;
  /** First byte behind its length; the content of anything but a length-delimited field is not looked at. */
  readonly content: number;
  readonly end: number;
}

const VARINT = 0;
const BITS_64 = 1;
const DELIMITED = 2;

/**
 * The fields of the message that lies in bytes[start, end), in their order. Nothing is decoded or copied, so that gigabytes of weights
 * cost as much as their tags.
 *
 * @throws RangeError for bytes that `checkWire` would have refused
 * Source: protobuf encoding, https://protobuf.dev/programming-guides/encoding
 */
export function scanFields(bytes: Uint8Array, start: number, end: number): readonly FieldSpan[] {
  const spans: FieldSpan[] = [];
  for (let at = start; at < end;) {
    const tag = readVarint(bytes, at, end);
    const wireType = tag.value % 8;
    let content = tag.end;
    let next: number;
    if (wireType === DELIMITED) {
      const length = readVarint(bytes, content, end);
      content = length.end;
      next = content + length.value;
    } else if (wireType === VARINT) next = readVarint(bytes, content, end).end;
    else next = content + (wireType === BITS_64 ? 8 : 4);
    if (next > end) throw new RangeError(`a field at byte ${at} ends beyond its message`);
    spans.push({ number: Math.floor(tag.value / 8), start: at, content, end: next });
    at = next;
  }
  return spans;
}

function readVarint(bytes: Uint8Array, start: number, end: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let weight = 1;
  for (let at = start; at < end && at < start + 10; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return { value, end: at + 1 };
    weight *= 128;
  }
  throw new RangeError(`the bytes end inside a number at byte ${start}`);
}
