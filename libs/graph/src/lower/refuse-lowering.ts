import type { NodeName } from '../attention/attention-layer.js';
import type { FusedNode } from './fused-node.js';
import type { Lowering, LoweringRefusal } from './lowering.js';

/** Why a fused node cannot be written out as primitive nodes; null where it can. */
export function refuseLowering(lowering: Lowering, fused: FusedNode, { operator, node }: NodeName): LoweringRefusal | null {
  const obstacle = lowering.refuse?.(fused) ?? null;
  if (obstacle === null) return null;
  const detail = `node ${JSON.stringify(node)} (${operator}) ${obstacle}, which is not written out here`;
  const remedy = `Export the model without fusing ${operator}, or fuse it again with what the detail names in another form.`;
  return { operator, node, detail, remedy };
}
