export { applyMigrations, type MigrationOptions } from './apply-migrations.js';
export { MigrationProblem, type MigrationCode } from './migration-problem.js';
