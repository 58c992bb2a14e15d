import type { ModelDescription } from '#explainers';
import type { ModelFile, ModelFolder } from '../folder/model-folder.js';
import { chooseLanguageFile } from '../language/plan-language.js';
import { closeCore, openCore, tokenizerOf, type Core } from '../open-core.js';
import { planServing } from '../plan-serving.js';
import type { Serving } from '../serving.js';
import { compareRows } from './compare-rows.js';
import { makeImageBench } from './image-bench.js';
import { measureBatchInvariance } from './measure-batch-invariance.js';
import { describeCapabilities, type ModelCapabilities } from './model-capabilities.js';
import { answerAlone, type ProbeBench } from './probe-bench.js';
import { probeGradients } from './probe-gradients.js';
import { makeTabularBench } from './tabular-bench.js';
import { makeTextBench } from './text-bench.js';
import { chooseRowTolerance, refuseInfluence } from './refuse-influence.js';
import { tryEncoder } from './try-encoder.js';
import { tryEncoderDecoder } from './try-encoder-decoder.js';
import { tryLanguageModel } from './try-language-model.js';
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
    const tokenizer = tokenizerOf(core);
    if (tokenizer !== null) tryTokenizer(tokenizer);
    const opened = await session.open();
    const { probedRows, ...measured } = await tryModel(folder, core);
    const file = core.kind === 'language' ? chooseLanguageFile(folder) : folder;
    return {
      description: await describe(folder, serving, core, { name, version, ...measured }),
      files: folder.files,
      capabilities: describeCapabilities(folder, file, opened, serving, {
        batchInvariant: measured.batchInvariant,
        probedRows,
        ...(await probeGradients(core)),
      }),
    };
  } finally {
    await closeCore(core);
  }
}

async function tryModel(folder: ModelFolder, core: Core) {
  const examples = folder.manifest?.examples ?? [];
  if (core.kind === 'language') return { batchInvariant: false, probedRows: await tryLanguageModel(core.language, examples, folder) };
  if (core.kind === 'encoder') return { batchInvariant: false, probedRows: await tryEncoder(core.encoder, examples) };
  if (core.kind === 'encoder-decoder')
    return { batchInvariant: false, probedRows: await tryEncoderDecoder(core.pair, examples, folder.graph) };
  const bench = await makeBench(core, examples);
  const answered = await answerAlone(bench);
  const batchInvariant = await measureBatchInvariance(bench, answered);
  if (batchInvariant) return { batchInvariant, probedRows: bench.rows };
  const together = await compareRows(bench, answered);
  // Rows of a text are padded there. Padding may change an answer, and models that it changes are fed none; rows beside it must not.
  const cut = core.kind === 'text' ? makeTextBench(core.text, examples, true) : null;
  refuseInfluence(cut === null ? together : await compareRows(cut, await answerAlone(cut)), folder.graph);
  const paddingMatters = !(together.difference <= chooseRowTolerance(folder.graph));
  return { batchInvariant, ...(paddingMatters ? { paddingMatters } : {}), probedRows: bench.rows };
}

function makeBench(
  core: Extract<Core, { kind: 'text' | 'image' | 'tabular' }>,
  examples: readonly string[],
): ProbeBench | Promise<ProbeBench> {
  if (core.kind === 'text') return makeTextBench(core.text, examples);
  return core.kind === 'image' ? makeImageBench(core.image) : makeTabularBench(core.tabular);
}

async function describe(
  folder: ModelFolder,
  serving: Serving,
  core: Core,
  measured: Pick<ModelDescription, 'name' | 'version' | 'batchInvariant' | 'paddingMatters'>,
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
    maskToken: (core.kind === 'text' ? core.text.mask : core.kind === 'encoder' ? core.encoder.mask : null)?.text ?? null,
    backgroundRows: core.kind === 'tabular' ? (await core.tabular.background()).rows : 0,
    ...(serving.image && { image: serving.image }),
  };
}
