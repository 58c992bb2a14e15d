/** The jobs a newcomer sees first: real models, each question a person would ask. */
export interface Example {
  readonly question: string;
  readonly request: Readonly<Record<string, unknown>>;
}

export const examples: readonly Example[] = [
  {
    question: 'Which words make this review positive?',
    request: {
      method: 'kernel-shap',
      model: { name: 'sst2-minilm' },
      input: { text: 'Not exactly a masterpiece, but a gripping and funny film that never loses its heart.' },
      target: { class: 'positive', space: 'probability' },
      params: { players: 'words', masker: 'delete', budget: 512 },
      seed: 7,
      labels: { example: 'review' },
    },
  },
  {
    question: 'Why does the income model expect more than 50K for this person?',
    request: {
      method: 'exact-shap',
      model: { name: 'adult-lightgbm' },
      input: {
        features: {
          age: 71,
          workclass: 'Private',
          education_num: 9,
          marital_status: 'Married-civ-spouse',
          occupation: 'Exec-managerial',
          relationship: 'Husband',
          race: 'White',
          sex: 'Male',
          capital_gain: 0,
          capital_loss: 2377,
          hours_per_week: 45,
          native_country: 'United-States',
        },
      },
      target: { class: '>50K', space: 'probability' },
      seed: 7,
      labels: { example: 'income' },
    },
  },
  {
    question: 'What would a simple rule around this credit application look like?',
    request: {
      method: 'lime-tabular',
      model: { name: 'german-credit-logistic' },
      input: {
        features: {
          checking_status: 'below 0 DM',
          duration_months: 20,
          credit_history: 'critical account or other credits elsewhere',
          purpose: 'new car',
          credit_amount: 2235,
          savings: 'below 100 DM',
          employment_since: '1 to 4 years',
          installment_rate: 4,
          personal_status_sex: 'male married or widowed',
          property: 'building society savings or life insurance',
          age: 33,
          existing_credits: 2,
        },
      },
      target: { class: 'bad', space: 'probability' },
      seed: 7,
      labels: { example: 'credit' },
    },
  },
];
