import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { defineExplainer, ExplainProblem, TabularModel, type ExplainContext, type ExplainerOutput } from '#explainers';
import type { ToyModel } from './toy-model.js';

const behaviours = [
  'answer',
  'crawl', // progress for ever, with a free event loop
  'block', // the main thread stands still, as in native code
  'spin', // JavaScript that never yields
  'eat', // memory, for ever
  'eat-heap', // JavaScript objects, for ever
  'abort',
  'exit',
  'throw',
  'throw-later',
  'problem',
  'runtime-problem',
  'no-gradient',
  'no-memory',
  'not-a-number',
  'negative-zero',
  'short-row',
  'surroundings',
] as const;

const params = z.strictObject({ behaviour: z.enum(behaviours) });

/** Explains f(a, b) = 2a + b, or does one of the things a runner has to survive. */
export const toyExplainer = defineExplainer({
  method: 'toy',
  family: 'shap',
  tasks: ['tabular-regression'],
  about: 'A method for tests of the runner.',
  params,
  result: z.unknown(),
  check: () => undefined,
  plan: async () => Promise.resolve({ features: [], estimatedEvaluations: 4, estimatedModelRows: 4, warnings: [] }),
  explain: async (request, context) => {
    const output = await explain(context);
    switch (request.params.behaviour) {
      case 'answer':
        return output;
      case 'crawl':
        for (let done = 0; !context.cancellation.aborted; done++) {
          context.report({ done, total: 1e6, phase: 'crawling' });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return output;
      case 'block':
        context.report({ done: 0, total: 1, phase: 'blocked' });
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        return output;
      case 'spin':
        context.report({ done: 0, total: 1, phase: 'spinning' });
        for (;;) Math.random();
      case 'eat': {
        const eaten: Buffer[] = [];
        for (;;) eaten.push(Buffer.alloc(2 ** 22, 1));
      }
      case 'eat-heap': {
        const eaten: number[][] = [];
        for (;;) eaten.push(Array.from({ length: 1e5 }, (_, index) => index + 0.5));
      }
      case 'abort':
        process.stderr.write('fatal: assertion failed in /srv/secret/kernel.cc:12\n');
        return process.abort();
      case 'exit':
        return process.exit(7);
      case 'throw':
        throw new TypeError('cannot read /srv/secret of undefined');
      case 'throw-later':
        setTimeout(() => {
          throw new TypeError('late');
        }, 1);
        return new Promise<never>(() => undefined);
      case 'problem':
        throw new ExplainProblem('CLASS_UNKNOWN', '"/x/y" is no class', '/target/class', 'Use another.');
      case 'runtime-problem':
        throw new ExplainProblem('MODEL_RUN_FAILED', 'Non-zero status at /build/onnxruntime/core/x.cc:7 in node');
      case 'no-gradient':
        throw new ExplainProblem('GRADIENT_UNAVAILABLE', 'node "a" (Round) rounds');
      case 'no-memory':
        throw new ExplainProblem('MODEL_RUN_FAILED', 'Failed to allocate memory for requested buffer of size 4000000000000');
      case 'not-a-number':
        return { ...output, attributions: [[1, Number.NaN]] };
      case 'negative-zero':
        return { ...output, attributions: [[-0, 0]], quality: { fidelity: [-0] } };
      case 'short-row':
        return { ...output, attributions: [[1]] };
      case 'surroundings':
        return {
          ...output,
          result: { environment: { ...process.env }, files: readdirSync('.'), before: (context.model as ToyModel).before },
        };
    }
  },
});

async function explain(context: ExplainContext): Promise<ExplainerOutput> {
  const { model } = context;
  if (!(model instanceof TabularModel)) throw new ExplainProblem('METHOD_NOT_APPLICABLE', 'toy explains tabular models');
  const [empty = 0, a = 0, b = 0, both = 0] = await model.predict({ rows: 4, columns: 2, cells: Float64Array.of(0, 0, 1, 0, 0, 1, 1, 1) });
  context.report({ done: 4, total: 4, phase: 'evaluating' });
  return {
    prediction: [{ value: both }],
    features: [
      { name: 'a', value: 1 },
      { name: 'b', value: 1 },
    ],
    targets: [{ class: null, index: null, space: 'value', score: both, baseScore: empty, completenessGap: both - empty - a - b }],
    attributions: [[a - empty, b - empty]],
    standardErrors: null,
    evaluations: 4,
    modelRows: model.modelRows,
    budget: 4,
    estimated: false,
    truncated: false,
    unexplained: [],
    baseline: { masker: 'zero' },
    quality: { fidelity: null },
    warnings: [],
  };
}
