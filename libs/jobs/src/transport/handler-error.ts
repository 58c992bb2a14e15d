/** The registry and the handlers of a worker do not match. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError';

  constructor(
    readonly missing: readonly string[],
    readonly doubled: readonly string[],
  ) {
    super(
      [
        ...missing.map((method) => `method ${method} has no handler: its family must be served by a worker app`),
        ...doubled.map((method) => `method ${method} has two handlers: two entries of the registry or two worker modules claim it`),
      ].join('; '),
    );
  }
}
