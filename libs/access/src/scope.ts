/**
 * What a key may do. `read`: every GET of its tenant. `explain`: submit, cancel and retry jobs and batches. `models`: bring
 * models, data sets and baselines. `admin`: keys, webhooks, retention, deletion.
 */
export const scopes = ['read', 'explain', 'models', 'admin'] as const;

export type Scope = (typeof scopes)[number];
