import type { Explainer } from '#explainers';
import type { z } from 'zod';
import type { Operation } from '../http/operation.js';
import { buildOpenApi } from './openapi/build-openapi.js';
import type { OpenApiDocument } from './openapi/document.js';
import { outlineReference } from './outline-reference.js';
import { escapeHtml } from './html-page.js';
import { hostMark, renderDocsPage } from './render-docs-page.js';
import { renderHomePage } from './render-home-page.js';
import { renderProblemsPage } from './render-problems-page.js';

/** What the platform says about itself, made once at start. */
export class Reference {
  readonly openApi: OpenApiDocument;
  readonly openApiText: string;
  readonly problemsPage: string;
  readonly homePage: string;
  private readonly docsPage: string;

  constructor(
    operations: readonly Operation[],
    explainers: readonly Explainer[],
    schemas: { readonly requestSchema: z.ZodType; readonly batchSchema: z.ZodType },
    version: string,
  ) {
    const { requestSchema, batchSchema } = schemas;
    this.openApi = buildOpenApi({ operations, explainers, requestSchema, batchSchema, version });
    this.openApiText = JSON.stringify(this.openApi);
    this.docsPage = renderDocsPage(outlineReference(this.openApi, explainers), version);
    this.problemsPage = renderProblemsPage();
    this.homePage = renderHomePage(version);
  }

  /** @param host by which the platform was asked, with its port */
  docsPageAt(host: string): string {
    return this.docsPage.replaceAll(hostMark, () => escapeHtml(host));
  }
}
