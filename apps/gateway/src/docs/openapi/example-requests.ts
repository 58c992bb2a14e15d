import type { Explainer, ModelNeed, Task } from '#explainers';

export interface ExampleRequest {
  readonly summary: string;
  readonly value: { readonly method: string; readonly model: { readonly name: string }; readonly input: Readonly<Record<string, unknown>> };
}

/** A 0 of eight grey pixels each way. */
const zero =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAACXBIWXMAAAsSAAALEgHS3X78AAAAU0lEQVQI1wFIALf/ACwcX6OgoVwcACF5qqOppKhgAFympaFIbq2YAI6pokkYaq6MAHmtfBgpja5WAHqtglGNqpUoAFKkqKqno1oaACBZo56iRRMiPVodn8gZpscAAAAASUVORK5CYII=';

const person = {
  features: {
    age: 41,
    workclass: 'Private',
    education_num: 9,
    marital_status: 'Divorced',
    occupation: 'Craft-repair',
    relationship: 'Unmarried',
    race: 'White',
    sex: 'Male',
    capital_gain: 2174,
    capital_loss: 0,
    hours_per_week: 40,
    native_country: 'United-States',
  },
};
const picture = { image: { mediaType: 'image/png', base64: zero } };

/** Inputs of models that come with Vitrine. */
const inputs: Readonly<Partial<Record<Task, Pick<ExampleRequest['value'], 'model' | 'input'>>>> = {
  'text-classification': { model: { name: 'sst2-minilm' }, input: { text: 'A slow start, then a gripping and funny film.' } },
  'image-classification': { model: { name: 'digits-resnet' }, input: picture },
  'causal-lm': { model: { name: 'stories260k' }, input: { prompt: 'Once upon a time, there was a', generate: { maxTokens: 5 } } },
  'tabular-classification': { model: { name: 'adult-lightgbm' }, input: person },
};

/** Rows of data sets that come with those models. */
const datasetInputs: typeof inputs = {
  'tabular-classification': { model: { name: 'adult-lightgbm' }, input: { dataset: 'adult-lightgbm', rows: [0, 100] } },
};

/** Models that have what a method needs, where the usual one of a task lacks it: trees have no gradient, and convolutions no attention. */
const needed: Readonly<Record<ModelNeed, typeof inputs>> = {
  gradient: { 'tabular-classification': { model: { name: 'adult-mlp' }, input: person } },
  attention: { 'image-classification': { model: { name: 'digits-vit' }, input: picture } },
  'feature-maps': {},
};

/** Inputs of a method that does not take the usual one of a task. */
const ownInputs: Readonly<Record<string, typeof inputs>> = {
  'attention-rollout': { 'causal-lm': { model: { name: 'stories260k' }, input: { text: 'Once upon a time, there was a little girl.' } } },
};

/** A request that works, for each method and each kind of bundled model it explains. */
export function exampleRequests(
  explainers: readonly Pick<Explainer, 'method' | 'tasks' | 'reads' | 'needs'>[],
): Readonly<Record<string, ExampleRequest>> {
  const examples = explainers.flatMap((explainer) =>
    explainer.tasks.flatMap((task) => {
      const ofNeed = (explainer.needs ?? []).map((need) => needed[need][task]).find((one) => one !== undefined);
      const known = explainer.reads === 'dataset' ? datasetInputs[task] : (ownInputs[explainer.method]?.[task] ?? ofNeed ?? inputs[task]);
      if (known === undefined) return [];
      return [
        [
          `${explainer.method}-${task}`,
          { summary: `${explainer.method} on ${known.model.name}`, value: { method: explainer.method, ...known } },
        ] as const,
      ];
    }),
  );
  return Object.fromEntries(examples);
}
