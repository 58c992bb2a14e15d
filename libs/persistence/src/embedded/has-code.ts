/** Whether an error carries one of these codes: errno names of the system, or SQLSTATEs of PostgreSQL. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
