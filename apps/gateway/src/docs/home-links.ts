/** Where a newcomer goes from the root of the server. */
export const homeLinks = {
  docs: '/docs',
  problems: '/docs/problems',
  openapi: '/openapi.json',
  methods: '/v1/methods',
  models: '/v1/models',
  jobs: '/v1/jobs',
  explanations: '/v1/explanations',
  health: '/healthz',
  readiness: '/readyz',
} as const;
