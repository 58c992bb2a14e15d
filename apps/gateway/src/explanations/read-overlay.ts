import { overlayMap } from '#figures';
import type { History, OpenedExplanation } from '#history';
import { encodePng } from '#imaging';
import { ProblemError } from '#platform';

/** A map over its picture as a PNG. */
export interface Overlay {
  readonly png: Uint8Array;
  /** Size of the map's number that has the full colour. */
  readonly largest: number;
  /** Whether something speaks against the score. */
  readonly isSigned: boolean;
}

/**
 * The map of a target over the picture that was explained, as the model read it.
 *
 * @returns null where the explanation keeps no map over a picture
 * @throws ProblemError PAYLOAD_ERASED
 */
export async function readOverlay(history: History, tenant: string, { row }: OpenedExplanation, target: number): Promise<Overlay | null> {
  const find = (name: string) => row.tensors.find((one) => one.name === name);
  const [picture, map] = [find('picture'), find(`map.${target}`) ?? (target === 0 ? find('map') : undefined)];
  if (picture === undefined || map === undefined) return null;
  const [pixels, numbers] = [await history.openTensor(tenant, row, picture.name), await history.openTensor(tenant, row, map.name)];
  if (pixels === null || numbers === null) throw new ProblemError('PAYLOAD_ERASED');
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const values = Float32Array.from({ length: numbers.byteLength / 4 }, (_, at) => view.getFloat32(4 * at, true));
  const [height = 0, width = 0, channels = 0] = picture.shape;
  const drawn = overlayMap({ height, width, channels, pixels, map: values });
  const png = await encodePng(drawn.pixels, drawn.height, drawn.width);
  return { png, largest: drawn.largest, isSigned: values.some((value) => value < 0) };
}
