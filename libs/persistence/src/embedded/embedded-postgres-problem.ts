export type EmbeddedPostgresCode = 'UNSUPPORTED_PLATFORM' | 'HOME_IN_USE' | 'OTHER_VERSION' | 'START_FAILED';

/** Why the embedded database does not run. The message is written for the person who started the program. */
export class EmbeddedPostgresProblem extends Error {
  override readonly name = 'EmbeddedPostgresProblem';

  constructor(
    readonly code: EmbeddedPostgresCode,
    message: string,
  ) {
    super(message);
  }
}
