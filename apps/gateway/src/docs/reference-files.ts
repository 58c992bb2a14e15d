import { explainers } from '#explainers';
import { batchRequestSchema, jobRequestSchema } from '#jobs';
import { findProject, renderMetrics, renderProblems, renderSettings } from '#platform';
import { operations } from '../operations.js';
import { buildOpenApi } from './openapi/build-openapi.js';
import { outlineReference } from './outline-reference.js';
import { renderApiReference } from './render-api-reference.js';

/** The pages below docs/ that are made from the code: path from the project to text. */
export function renderReferenceFiles(): Readonly<Record<string, string>> {
  const openApi = buildOpenApi({
    operations,
    explainers,
    requestSchema: jobRequestSchema(explainers),
    batchSchema: batchRequestSchema(explainers),
    version: findProject().version,
  });
  return {
    'docs/reference/api.md': renderApiReference(outlineReference(openApi, explainers)),
    'docs/reference/metrics.md': renderMetrics(),
    'docs/reference/problems.md': renderProblems(),
    'docs/reference/settings.md': renderSettings(),
  };
}
