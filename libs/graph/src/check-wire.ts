import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { GraphProblem } from './graph-problem.js';

/** ONNX Runtime's own parser stops at the same depth. */
const maxDepth = 100;
/** A model of 100,000 nodes has about a million messages; each costs a few hundred bytes once decoded. */
const maxMessages = 4_000_000;
const maxNumbers = 200_000_000;

const wireTypes = ['varint', '64 bit', 'length-delimited', 'group start', 'group end', '32 bit'] as const;
const VARINT = 0;
const BITS_64 = 1;
const DELIMITED = 2;
const BITS_32 = 5;

interface FieldRule {
  readonly name: string;
  readonly wireType: number;
  /** Numbers of this wire type may also come packed. */
  readonly packable: boolean;
  /** Descriptor of a submessage, null for anything else. */
  readonly message: DescMessage | null;
}

const rulesByMessage = new WeakMap<DescMessage, ReadonlyMap<number, FieldRule>>();

/**
 * Walks protobuf bytes once by their descriptor: every length inside its parent, every known field with its own
 * wire type, no deeper than 100 messages. Weights are stepped over, not read. The decoder that follows is lenient:
 * it would read beyond a submessage's end, take a number for a length, and build millions of empty messages.
 *
 * @throws GraphProblem INVALID_PROTOBUF, TOO_DEEP or TOO_LARGE
 */
export function checkWire(bytes: Uint8Array, message: DescMessage): void {
  new WireCheck(bytes).readMessage(message, 0, bytes.length, 1);
}

class WireCheck {
  private messages = 0;
  private numbers = 0;

  constructor(private readonly bytes: Uint8Array) {}

  readMessage(message: DescMessage, start: number, end: number, depth: number): void {
    if (depth > maxDepth) throw new GraphProblem('TOO_DEEP', `messages are nested more than ${maxDepth} deep at byte ${start}`);
    if (++this.messages > maxMessages) throw new GraphProblem('TOO_LARGE', `the file holds more than ${maxMessages} messages`);
    const rules = rulesOf(message);
    let at = start;
    while (at < end) {
      const tagAt = at;
      at = this.skipVarint(at, end);
      const tag = this.readUnsigned(tagAt, at);
      const wireType = tag % 8;
      const rule = rules.get(Math.floor(tag / 8));
      const packed = rule !== undefined && rule.packable && wireType === DELIMITED;
      if (tag < 8 || tag > 0xffffffff) throw invalid(tagAt, `${tag} is no field of ${message.name}`);
      if (rule !== undefined && wireType !== rule.wireType && !packed) {
        throw invalid(
          tagAt,
          `${message.name}.${rule.name} is written as ${nameWireType(wireType)} instead of ${nameWireType(rule.wireType)}`,
        );
      }
      if (wireType !== DELIMITED) {
        at = this.skipNumber(at, end, wireType);
        continue;
      }
      const lengthAt = at;
      at = this.skipVarint(at, end);
      const length = this.readUnsigned(lengthAt, at);
      if (length > end - at)
        throw invalid(lengthAt, `${message.name}.${rule?.name ?? 'unknown field'} says ${length} bytes, and ${end - at} are left`);
      if (packed) this.checkPacked(at, at + length, rule.wireType);
      else if (rule?.message) this.readMessage(rule.message, at, at + length, depth + 1);
      at += length;
    }
  }

  private checkPacked(start: number, end: number, wireType: number): void {
    if (wireType === VARINT) {
      for (let at = start; at < end;) at = this.skipNumber(at, end, VARINT);
      return;
    }
    const size = wireType === BITS_64 ? 8 : 4;
    if ((end - start) % size !== 0) throw invalid(start, `${end - start} bytes are no whole count of ${size * 8} bit numbers`);
    this.countNumbers((end - start) / size);
  }

  private skipNumber(at: number, end: number, wireType: number): number {
    this.countNumbers(1);
    if (wireType === VARINT) return this.skipVarint(at, end);
    if (wireType !== BITS_64 && wireType !== BITS_32) throw invalid(at, `a ${nameWireType(wireType)}, which ONNX does not use`);
    const next = at + (wireType === BITS_64 ? 8 : 4);
    if (next > end) throw invalid(at, 'the bytes end inside a number');
    return next;
  }

  private skipVarint(start: number, end: number): number {
    for (let at = start; at < end && at < start + 10; at++) {
      if ((this.bytes[at] ?? 0) < 0x80) return at + 1;
    }
    throw invalid(start, 'the bytes end inside a number');
  }

  private readUnsigned(start: number, end: number): number {
    let value = 0;
    for (let at = end - 1; at >= start; at--) value = value * 128 + ((this.bytes[at] ?? 0) & 0x7f);
    return value;
  }

  private countNumbers(count: number): void {
    this.numbers += count;
    if (this.numbers > maxNumbers) throw new GraphProblem('TOO_LARGE', `the file holds more than ${maxNumbers} numbers outside raw data`);
  }
}

function rulesOf(message: DescMessage): ReadonlyMap<number, FieldRule> {
  let rules = rulesByMessage.get(message);
  if (rules === undefined) {
    rules = new Map(message.fields.map((field) => [field.number, ruleOf(field)]));
    rulesByMessage.set(message, rules);
  }
  return rules;
}

function ruleOf(field: DescField): FieldRule {
  const { name } = field;
  const list = field.fieldKind === 'list';
  if (field.message !== undefined) return { name, wireType: DELIMITED, packable: false, message: field.message };
  const wireType = wireTypeOf(field.scalar);
  return { name, wireType, packable: list && wireType !== DELIMITED, message: null };
}

/** @param scalar undefined for an enum */
function wireTypeOf(scalar: ScalarType | undefined): number {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return DELIMITED;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return BITS_64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return BITS_32;
    default:
      return VARINT;
  }
}

function nameWireType(wireType: number): string {
  return wireTypes[wireType] ?? `wire type ${wireType}`;
}

function invalid(at: number, what: string): GraphProblem {
  return new GraphProblem('INVALID_PROTOBUF', `not an ONNX model: byte ${at}: ${what}`);
}
