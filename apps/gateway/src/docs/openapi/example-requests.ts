import type { Explainer, Task } from '#explainers';

export interface ExampleRequest {
  readonly summary: string;
  readonly value: { readonly method: string; readonly model: { readonly name: string }; readonly input: Readonly<Record<string, unknown>> };
}

/** A 0 of eight grey pixels each way. */
const zero =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAACXBIWXMAAAsSAAALEgHS3X78AAAAU0lEQVQI1wFIALf/ACwcX6OgoVwcACF5qqOppKhgAFympaFIbq2YAI6pokkYaq6MAHmtfBgpja5WAHqtglGNqpUoAFKkqKqno1oaACBZo56iRRMiPVodn8gZpscAAAAASUVORK5CYII=';

/** Inputs of models that come with Vitrine. */
const inputs: Readonly<Partial<Record<Task, Pick<ExampleRequest['value'], 'model' | 'input'>>>> = {
  'text-classification': { model: { name: 'sst2-minilm' }, input: { text: 'A slow start, then a gripping and funny film.' } },
  'image-classification': { model: { name: 'digits-resnet' }, input: { image: { mediaType: 'image/png', base64: zero } } },
  'tabular-classification': {
    model: { name: 'adult-lightgbm' },
    input: {
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
    },
  },
};

/** Rows of data sets that come with those models. */
const datasetInputs: typeof inputs = {
  'tabular-classification': { model: { name: 'adult-lightgbm' }, input: { dataset: 'adult-lightgbm', rows: [0, 100] } },
};

/** A request that works, for each method and each kind of bundled model it explains. */
export function exampleRequests(
  explainers: readonly Pick<Explainer, 'method' | 'tasks' | 'reads'>[],
): Readonly<Record<string, ExampleRequest>> {
  const examples = explainers.flatMap((explainer) =>
    explainer.tasks.flatMap((task) => {
      const known = explainer.reads === 'dataset' ? datasetInputs[task] : inputs[task];
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
