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
 * The maps of an explanation over the picture that was explained, as the model read it.
 *
 * @param only the target that is wanted; all where it is left out
 * @returns for each target; null where the explanation keeps no map over a picture, and for targets that are not wanted
 * @throws ProblemError PAYLOAD_ERASED
 */
export async function readOverlays(
  history: History,
  tenant: string,
  { row }: OpenedExplanation,
  only: number | undefined,
): Promise<readonly (Overlay | null)[]> {
  const open = async (name: string): Promise<Uint8Array> => {
    const bytes = await history.openTensor(tenant, row, name);
    if (bytes === null) throw new ProblemError('PAYLOAD_ERASED');
    return bytes;
  };
  const picture = row.tensors.find(({ name }) => name === 'picture');
  if (picture === undefined) return [];
  const [height = 0, width = 0, channels = 0] = picture.shape;
  const pixels = await open(picture.name);
  const overlays: (Overlay | null)[] = [];
  for (const { name } of row.tensors) {
    const numbered = /^map(?:\.(\d+))?$/.exec(name);
    if (numbered === null) continue;
    const target = Number(numbered[1] ?? 0);
    overlays[target] = only === undefined || only === target ? await draw({ height, width, channels, pixels }, await open(name)) : null;
  }
  return overlays;
}

async function draw(picture: Omit<Parameters<typeof overlayMap>[0], 'map'>, numbers: Uint8Array): Promise<Overlay> {
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const map = Float32Array.from({ length: numbers.byteLength / 4 }, (_, at) => view.getFloat32(4 * at, true));
  const drawn = overlayMap({ ...picture, map });
  const png = await encodePng(drawn.pixels, drawn.height, drawn.width);
  return { png, largest: drawn.largest, isSigned: map.some((value) => value < 0) };
}
