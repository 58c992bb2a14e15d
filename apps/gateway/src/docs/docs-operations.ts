import type { Operation } from '../http/operation.js';

const tag = 'platform';
const scope = null;
const page = { 200: { about: 'A page for people.', media: ['text/html'] } };

/** Everyone may read about the platform: none of this holds data of anyone. */
export const docsOperations = {
  home: {
    id: 'getHome',
    method: 'GET',
    route: '/',
    tag,
    scope,
    summary: 'Where to go from here',
    answers: { 200: { about: 'Links: a page where Accept asks for text/html, else JSON.', media: ['application/json', 'text/html'] } },
  },
  openapi: {
    id: 'getOpenApi',
    method: 'GET',
    route: '/openapi.json',
    tag,
    scope,
    summary: 'This description as OpenAPI 3.1',
    answers: { 200: { about: 'The document.', media: ['application/json'] } },
  },
  docs: { id: 'getDocs', method: 'GET', route: '/docs', tag, scope, summary: 'The reference of this API as a page', answers: page },
  problems: {
    id: 'getProblems',
    method: 'GET',
    route: '/docs/problems',
    tag,
    scope,
    summary: 'All codes of problem documents as a page',
    answers: page,
  },
} satisfies Record<string, Operation>;
