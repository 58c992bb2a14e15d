/** Settings that cannot be used. Printed on stderr by the entry points, which then end with exit code 1. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';

  /** @param problems one sentence each: the variable, what is wrong, and what to do; no secret values */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
