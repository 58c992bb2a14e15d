import canonicalize from 'canonicalize';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Canonical JSON text (RFC 8785, JSON Canonicalization Scheme): sorted keys, shortest numbers, no white space.
 * Encode it as UTF-8 to get the bytes that are hashed.
 *
 * @throws RangeError for NaN, infinities, negative zero (RFC 8785 erratum 7920: two values, one text),
 *   lone surrogates, cycles, and values JSON does not have: each would make two different documents
 *   look alike or fail to read back.
 */
export function canonicalJson(value: unknown): string {
  refuseUnfaithful(value, '');
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : 'the value has no canonical JSON', { cause: error });
  }
  if (text === undefined) throw new RangeError('the value has no canonical JSON');
  return text;
}

function refuseUnfaithful(value: unknown, at: string): void {
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0))
        throw new RangeError(`${Object.is(value, -0) ? '-0' : value} at ${at || '/'} is not canonical`);
      return;
    case 'bigint':
    case 'function':
    case 'symbol':
      throw new RangeError(`a ${typeof value} at ${at || '/'} is not JSON`);
    case 'object':
      if (value === null) return;
      if (ArrayBuffer.isView(value)) throw new RangeError(`binary data at ${at || '/'} is not JSON`);
      if (Array.isArray(value)) {
        value.forEach((item: unknown, index) => {
          if (item === undefined) throw new RangeError(`undefined at ${at}/${index} is not JSON`);
          refuseUnfaithful(item, `${at}/${index}`);
        });
        return;
      }
      for (const [key, item] of Object.entries(value)) {
        if (LONE_SURROGATE.test(key)) throw new RangeError(`a key below ${at || '/'} holds a lone surrogate`);
        refuseUnfaithful(item, `${at}/${key}`);
      }
      return;
    default:
      return;
  }
}
