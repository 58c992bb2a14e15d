/**
 * What an operator is found by. A function of a model is one of its domain, name and overload, so that bodies of equal name
 * stay apart.
 *
 * Source: onnx.proto, FunctionProto and NodeProto.overload, IR version 10.
 */
export function nameOperator(domain: string, operator: string, overload = ''): string {
  const name = domain === '' || domain === 'ai.onnx' ? operator : `${domain}:${operator}`;
  return overload === '' ? name : `${name}:${overload}`;
}
