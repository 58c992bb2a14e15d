/**
 * lime's weight of a perturbation at a distance: sqrt(exp(-distance² / width²)), in (0, 1].
 *
 * Source: lime 0.2.0.1, the default kernel of `LimeTextExplainer` and `LimeTabularExplainer`.
 */
export function limeKernel(distance: number, width: number): number {
  return Math.sqrt(Math.exp(-(distance * distance) / (width * width)));
}
