import { z } from 'zod';
import { targetSpaces, type Explainer } from '#explainers';

export const DEFAULT_DEADLINE_SECONDS = 900;

/** Tokens that one explanation generates at most. */
const MAX_GENERATED_TOKENS = 4096;

const wellFormed = (text: string) => !/\p{Surrogate}/u.test(text) && !text.includes('\0');
const plainText = (maximum: number) =>
  z.string().min(1).max(maximum).refine(wellFormed, 'holds NUL or half of a surrogate pair, which cannot be stored');

const modelReference = z
  .strictObject({
    name: z.string().min(1).max(128),
    version: z.string().min(1).max(64).optional().meta({ description: 'A version. Leave it out to use an alias.' }),
    alias: z.string().min(1).max(64).optional().meta({ description: 'An alias; production when neither is given.' }),
  })
  .refine((model) => model.version === undefined || model.alias === undefined, {
    error: 'give version or alias, not both',
    path: ['alias'],
  })
  .meta({ id: 'ModelReference', description: 'Which model explains itself: by version, or by alias (production by default).' });

const sampling = z
  .strictObject({
    temperature: z
      .number()
      .gt(0)
      .max(100)
      .default(1)
      .meta({ description: 'Divides the logits: below 1 the likely tokens become likelier.' }),
    topK: z.int().min(1).nullable().default(null).meta({ description: 'Only the likeliest so many tokens; null for all.' }),
    topP: z.number().gt(0).max(1).nullable().default(null).meta({
      description: 'Only the likeliest tokens that have this probability together; null for all.',
    }),
  })
  .meta({ id: 'TokenSampling' });

const generation = z
  .strictObject({
    maxTokens: z.int().min(1).max(MAX_GENERATED_TOKENS).default(20).meta({ description: 'Tokens to generate at most.' }),
    sampling: z
      .union([z.literal('greedy'), sampling])
      .default('greedy')
      .meta({ description: 'greedy: the likeliest token each time. Else tokens are drawn, the same ones again for the same `seed`.' }),
  })
  .meta({ id: 'Generation', description: 'How a language model goes on.' });

const input = z
  .union([
    z.strictObject({ text: z.string().meta({ description: 'The text to explain.' }) }).meta({ id: 'TextInput' }),
    z
      .strictObject({
        features: z
          .record(z.string(), z.union([z.number(), z.string()]))
          .meta({ description: 'One value per column of the model. A categorical value by name or by code.' }),
      })
      .meta({ id: 'TabularInput' }),
    z
      .strictObject({
        image: z.strictObject({
          mediaType: z.enum(['image/png', 'image/jpeg']).meta({ description: 'As the bytes say, or it is refused.' }),
          base64: z
            .string()
            .min(1)
            .meta({ description: 'The file, RFC 4648 with padding: at most 10 MB and 25 megapixels.', contentEncoding: 'base64' }),
        }),
      })
      .meta({
        id: 'ImageInput',
        description: 'A picture. It is resized to what the model reads; its explanation names it by its SHA-256.',
      }),
    z
      .strictObject({
        prompt: z.string().meta({ description: 'What a language model goes on from, or the source that an encoder-decoder reads.' }),
        generate: generation,
      })
      .meta({ id: 'PromptInput' }),
    z
      .strictObject({
        prompt: z.string().meta({ description: 'What a language model was asked, or the source that an encoder-decoder read.' }),
        completion: z.string().min(1).meta({ description: 'How it went on: an exchange as it happened.' }),
      })
      .meta({ id: 'CompletionInput' }),
  ])
  .meta({ id: 'Input', description: 'What the model was asked.' });

const datasetInput = z
  .strictObject({
    dataset: z.string().min(1).max(128).meta({ description: 'Name of a data set.' }),
    version: z.string().min(1).max(64).optional().meta({ description: 'A version of it; the newest when left out.' }),
    rows: z
      .tuple([z.int().min(0), z.int().min(1)])
      .optional()
      .meta({ description: 'Rows from the first number to before the second, counted from 0; all of them when left out.' }),
  })
  .meta({ id: 'DatasetInput', description: 'Rows of a data set.' });

const classReference = z.union([z.string().min(1), z.int().min(0)]).meta({ description: 'A class by label or by index.' });

const target = z
  .strictObject({
    class: classReference.optional(),
    contrast: z.tuple([classReference, classReference]).optional().meta({ description: 'Why the first class and not the second.' }),
    token: z.string().min(1).max(256).optional().meta({ description: 'Of a language model: the text of the token that is explained.' }),
    tokenId: z.int().min(0).optional().meta({ description: 'Of a language model: the token that is explained, by its id.' }),
    position: z
      .int()
      .min(0)
      .optional()
      .meta({
        description:
          'Of a language model: index of the token behind which the explained one would stand; of an encoder-decoder its place in the output, ' +
          'start tokens included. When left out the last of the text, of the prompt, or of the start tokens.',
      }),
    generated: z.array(z.int().min(0)).min(1).max(4096).optional().meta({
      description:
        'Of a language model or an encoder-decoder: which of the tokens after the prompt are explained, from 0, each once; their numbers are added up. All when left out.',
    }),
    space: z.enum(targetSpaces).optional().meta({
      description:
        'The number that is explained; probability by default, margin or value where the model gives these, log-probability for tokens; of a contrast the logit, or the log-odds where there is none.',
    }),
  })
  .refine((one) => one.class === undefined || one.contrast === undefined, { error: 'give class or contrast, not both', path: ['contrast'] })
  .refine((one) => [one.token, one.tokenId, one.contrast, one.generated].filter((part) => part !== undefined).length <= 1, {
    error: 'give one of token, tokenId, contrast and generated',
    path: ['token'],
  })
  .meta({
    id: 'Target',
    description:
      'What is explained. The predicted class when left out; of a language model the tokens after the prompt, or the likeliest next one.',
  });

const labels = z
  .record(
    z.string().min(1).max(64).refine(wellFormed, 'holds NUL or half of a surrogate pair'),
    z.string().max(256).refine(wellFormed, 'holds NUL or half of a surrogate pair'),
  )
  .refine((all) => Object.keys(all).length <= 32, 'at most 32 labels')
  .meta({ description: 'Your own keys, to find the explanation by. Kept readable for ever: no personal data here.' });

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const subjectRef = plainText(256).meta({
  description: 'Whose data this is, so that all of it can be erased together. Stored only as a commitment.',
});

/** What an item of a batch says for itself; the rest it shares with its neighbours. */
export const itemParts = { input, labels, seed, subjectRef };

/** What a request says beside its input: one request has it all, the items of a batch share it. */
export function requestConditions(explainer: Explainer) {
  return {
    method: z.literal(explainer.method).meta({ description: explainer.about }),
    model: modelReference,
    target: target.optional(),
    targets: z
      .array(target)
      .min(1)
      .max(16)
      .optional()
      .meta({ description: 'Several targets from the same evaluations, instead of `target`.' }),
    params: explainer.params.prefault({}),
    baseline: plainText(128).optional().meta({
      description: 'Name of a stored baseline, for the masker baseline-row: its newest version is written into the stored request.',
    }),
    seed: seed.optional().meta({ description: 'Drawn and kept when left out.' }),
    labels: labels.prefault({}),
    priority: z.enum(['high', 'normal', 'low']).default('normal'),
    deadlineSeconds: z.int().min(1).max(86_400).default(DEFAULT_DEADLINE_SECONDS).meta({
      description: 'Seconds from submission after which the job is stopped. Of one that still waits this is noticed within some 5 seconds.',
    }),
    subjectRef: subjectRef.optional(),
    purpose: plainText(256).optional().meta({ description: 'Why this was asked; goes into the audit record.' }),
    cache: z.enum(['use', 'bypass']).default('use').meta({ description: 'Whether answers of the model to the same rows may be reused.' }),
  };
}

/** The rule that no schema of one member can state. */
export const oneKindOfTarget = {
  holds: (body: { readonly target?: unknown; readonly targets?: unknown }) => body.target === undefined || body.targets === undefined,
  otherwise: { error: 'give target or targets, not both', path: ['targets'] },
};

/** The body of POST /v1/jobs for one method, with every default. */
function methodRequest(explainer: Explainer) {
  return z
    .strictObject({
      ...requestConditions(explainer),
      input: explainer.reads === 'dataset' ? datasetInput : input,
      validateOnly: z.boolean().default(false).meta({ description: 'Answer with the players and the estimate, run nothing.' }),
    })
    .refine(oneKindOfTarget.holds, oneKindOfTarget.otherwise)
    .meta({ id: schemaName(explainer, 'Request') });
}

/** A parsed body of POST /v1/jobs. */
export type JobRequest = z.output<ReturnType<typeof methodRequest>>;

/** The body schema of POST /v1/jobs, one variant per method of the registry, discriminated by `method`. */
export function jobRequestSchema(explainers: readonly Explainer[]): z.ZodType<JobRequest> {
  const [first, ...rest] = explainers.map(methodRequest);
  if (first === undefined) throw new RangeError('the registry is empty');
  return z.discriminatedUnion('method', [first, ...rest]).meta({ id: 'JobRequest' });
}

/** Name of a method's schema in the OpenAPI document. */
export function schemaName(explainer: Explainer, suffix: string): string {
  return explainer.method.replace(/(?:^|-)([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()) + suffix;
}
