export { Database, type DatabaseOptions } from './database/database.js';
export { PostgresLeadership } from './database/postgres-leadership.js';
export { PostgresNotices } from './database/postgres-notices.js';
export { PrismaExplanationStore } from './stores/prisma-explanation-store.js';
export { PrismaJobStore } from './stores/prisma-job-store.js';
export { PrismaKeyStore } from './stores/prisma-key-store.js';
export { PrismaModelStore } from './stores/prisma-model-store.js';
export { EmbeddedPostgresProblem, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/index.js';
export { applyMigrations, MigrationProblem } from './migrate/index.js';
