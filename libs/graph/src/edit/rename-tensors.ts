import type { AttributeProto, NodeProto } from '../generated/onnx-ml_pb.js';

/** Gives a copied node, and those of its branches and loop bodies, the names and attributes of the call. */
export function renameTensors(
  node: NodeProto,
  names: ReadonlyMap<string, string>,
  attributes: ReadonlyMap<string, AttributeProto> = new Map(),
): void {
  node.input = node.input.map((name) => names.get(name) ?? name);
  node.output = node.output.map((name) => names.get(name) ?? name);
  node.attribute = node.attribute.flatMap((attribute) => {
    if (attribute.refAttrName === '') return [attribute];
    const given = attributes.get(attribute.refAttrName);
    // An attribute that the call leaves out is left out inside too.
    return given === undefined ? [] : [{ ...given, name: attribute.name }];
  });
  for (const attribute of node.attribute)
    for (const body of [...(attribute.g === undefined ? [] : [attribute.g]), ...attribute.graphs]) {
      for (const inner of body.node) renameTensors(inner, names, attributes);
      for (const output of body.output) output.name = names.get(output.name) ?? output.name;
    }
}
