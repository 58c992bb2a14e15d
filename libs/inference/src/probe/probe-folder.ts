import type { ModelDescription } from '#explainers';
import type { ModelFile, ModelFolder } from '../folder/model-folder.js';
import { closeCore, openCore, type Core } from '../open-core.js';
import { planServing, type Serving } from '../plan-serving.js';
import { measureBatchInvariance } from './measure-batch-invariance.js';
import { describeCapabilities, type ModelCapabilities } from './model-capabilities.js';
import { answerAlone, type ProbeBench } from './probe-bench.js';
import { makeTabularBench } from './tabular-bench.js';
import { makeTextBench } from './text-bench.js';
import { tryTokenizer } from './try-tokenizer.js';

/** What registration learns of a model. */
export interface ModelProbe {
  readonly description: ModelDescription;
  readonly files: readonly ModelFile[];
  readonly capabilities: ModelCapabilities;
}

/** @throws ExplainProblem where the model cannot be served */
export async function probeFolder(
  folder: ModelFolder,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<ModelProbe> {
  const serving = planServing(folder);
  const { core, session } = openCore(folder, serving);
  try {
    if (core.kind === 'text') tryTokenizer(core.text.tokenizer);
    const opened = await session.open();
    const bench = core.kind === 'text' ? makeTextBench(core.text, folder.manifest?.examples ?? []) : await makeTabularBench(core.tabular);
    const { batchInvariant, probedRows } = await tryModel(bench);
    return {
      description: await describe(folder, serving, core, { name, version, batchInvariant }),
      files: folder.files,
      capabilities: describeCapabilities(folder.graph, opened, serving, { batchInvariant, probedRows }),
    };
  } finally {
    await closeCore(core);
  }
}

async function tryModel(bench: ProbeBench) {
  const answered = await answerAlone(bench);
  return { batchInvariant: await measureBatchInvariance(bench, answered), probedRows: bench.rows };
}

async function describe(
  folder: ModelFolder,
  serving: Serving,
  core: Core,
  measured: { readonly name: string; readonly version: string; readonly batchInvariant: boolean },
): Promise<ModelDescription> {
  return {
    ...measured,
    sha256: folder.sha256,
    task: serving.task,
    classes: serving.classes,
    multiLabel: serving.multiLabel,
    output: { name: serving.output.name, kind: serving.output.kind },
    features: serving.features,
    maxTokens: serving.maxTokens,
    maskToken: core.kind === 'text' ? (core.text.mask?.text ?? null) : null,
    backgroundRows: core.kind === 'tabular' ? (await core.tabular.background()).rows : 0,
  };
}
