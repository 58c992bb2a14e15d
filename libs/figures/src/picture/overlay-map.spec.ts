import { describe, expect, it } from '@jest/globals';
import { overlayMap } from './overlay-map.js';

const picture = { height: 2, width: 2, channels: 1, pixels: Uint8Array.of(0, 255, 100, 100) };
const at = (drawn: { readonly pixels: Uint8Array; readonly width: number }, row: number, column: number) => [
  ...drawn.pixels.subarray(4 * (row * drawn.width + column), 4 * (row * drawn.width + column) + 4),
];

describe('overlayMap', () => {
  it('enlarges by whole times', () => {
    const drawn = overlayMap({ ...picture, map: [0, 0, 0, 0] });
    expect([drawn.height, drawn.width, drawn.pixels.length]).toEqual([384, 384, 384 * 384 * 4]);
    expect(at(drawn, 191, 191)).toEqual(at(drawn, 0, 0));
    expect(
      overlayMap({ height: 500, width: 400, channels: 3, pixels: new Uint8Array(600_000), map: new Float32Array(200_000) }),
    ).toMatchObject({
      height: 500,
      width: 400,
    });
  });

  it('leaves the picture where the map is 0', () => {
    const drawn = overlayMap({ ...picture, map: [0, 0, 0, 0] });
    expect([at(drawn, 0, 0), at(drawn, 0, 383), drawn.largest]).toEqual([[40, 40, 40, 255], [219, 219, 219, 255], 0]);
  });

  it('colours what speaks for and against, as strong as it is large', () => {
    const drawn = overlayMap({ ...picture, map: [2, -2, 1, 0] });
    const [strong, opposed, weak] = [at(drawn, 0, 0), at(drawn, 0, 383), at(drawn, 383, 0)];
    expect(strong[0]).toBeGreaterThan(200);
    expect(strong[2]).toBeLessThan(40);
    expect(opposed[2]).toBeGreaterThan(opposed[0] ?? NaN);
    expect(weak[0]).toBeLessThan(strong[0] ?? NaN);
  });
});
