export type MigrationCode = 'MIGRATION_CHANGED' | 'MIGRATION_UNFINISHED' | 'MIGRATION_FAILED' | 'SERVER_TOO_OLD';

/** Why the database could not be brought to the schema this program needs. */
export class MigrationProblem extends Error {
  override readonly name = 'MigrationProblem';

  constructor(
    readonly code: MigrationCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
