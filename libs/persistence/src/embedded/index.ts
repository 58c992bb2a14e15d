export { EmbeddedPostgresProblem, type EmbeddedPostgresCode } from './embedded-postgres-problem.js';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './start-embedded-postgres.js';
