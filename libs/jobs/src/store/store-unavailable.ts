/** The database cannot be reached or is not answering; the same call may succeed later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';

  constructor(cause: unknown) {
    super('the database is not available', { cause });
  }
}
