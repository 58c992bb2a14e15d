import type { ActiveVersion } from '#catalog';
import type { KnownAttention } from '#explainers';

/** What registration learned of the layers and heads of a model; undefined where it could not tell, or they are of several kinds. */
export function readKnownAttention({ capabilities }: Pick<ActiveVersion, 'capabilities'>): KnownAttention | undefined {
  const { attention } = capabilities;
  if (typeof attention !== 'object' || attention === null || !('layers' in attention)) return undefined;
  const { layers } = attention;
  const kind = 'kind' in attention ? attention.kind : 'mixed';
  if (typeof layers !== 'number' || kind === 'mixed') return undefined;
  const heads = 'heads' in attention && typeof attention.heads === 'number' ? attention.heads : null;
  return { layers: [...Array(layers).keys()], heads };
}
