import { describe, expect, it } from '@jest/globals';
import { GameModel, randomTableGame } from '#testing';
import { measureState } from './check-size.js';
import { globalImportance } from './global-importance.js';

const model = new GameModel([randomTableGame(5, 1), randomTableGame(5, 2)]);
const names = model.description.features.map(({ name }) => name);
const dataset = { kind: 'tabular', columns: names } as const;
const ask = (params: object, targets = 1) => ({
  input: { dataset: 'rows', version: '1', sha256: '', rows: [0, 5000] as const },
  targets: Array.from({ length: targets }, () => ({ class: 1 })),
  params: globalImportance.params.parse({ local: { method: 'exact-shap' }, rowsPerPart: 512, ...params }),
  seed: 3,
});

describe('the size of a state of global importance', () => {
  it('is at most what was measured beforehand, and the sums exactly', async () => {
    const context = { model, cancellation: { aborted: false }, report: () => undefined };
    const rows = Array.from({ length: 60 }, (_, row) => ({
      features: Object.fromEntries(names.map((name, column) => [name, (row * 0.1234567890123 + column) / 7e5])),
    }));
    for (const [sample, targets] of [
      [60, 1],
      [7, 2],
      [0, 2],
    ] as const) {
      const part = { rows: [0, 60] as const, evaluations: 0 };
      const { document, numbers } = await globalImportance.explainPart(ask({ sample, replicates: 10 }, targets), part, rows, context);
      const measured = measureState({ replicates: 10, sample }, names.length, targets, 60);
      expect(numbers.byteLength).toBe(measured.sums);
      const { explained } = document as { explained: { sample: unknown; sketches: unknown } };
      expect(JSON.stringify(explained.sample).length).toBeLessThanOrEqual(
        measured.sample + 60 * '{"row":,"item":{"values":[],"attributions":[]}},'.length,
      );
      const perSketch = '{"zeros":60,"positive":[],"negative":[]},[]'.length;
      expect(JSON.stringify(explained.sketches).length).toBeLessThanOrEqual(measured.rest + targets * names.length * perSketch);
    }
  });

  it('is refused above 64 MiB, by what takes most of it', () => {
    const check = (params: object, targets?: number) => () => globalImportance.check(ask(params, targets), model.description, dataset);
    const refusal = (pointer: string) => expect.objectContaining({ code: 'PARAM_INVALID', pointer }) as object;
    // t targets: 16 (1000 + t (2 + 5 · 2003)) bytes of sums, 25 · 2000 (1 + 5 (1 + t)) of sample, 14 · 5 · 5000 t of sketches.
    expect(check({ replicates: 1000, sample: 0 }, 120)).not.toThrow();
    expect(check({ replicates: 1000, sample: 0 }, 500)).toThrow(refusal('/params/replicates'));
    expect(check({ replicates: 0, sample: 2000 }, 100)).not.toThrow();
    expect(check({ replicates: 0, sample: 2000 }, 300)).toThrow(refusal('/params/sample'));
  });
});
