import { quote } from '#explainers';
import { ProblemError } from '#platform';

/** Names of models, versions and aliases that are given over REST: they stand in addresses, files and logs. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const NAME_RULE = '1 to 64 letters, digits and . _ -, a letter or digit first';

/** @throws ProblemError PART_REFUSED */
export function checkVersionName(version: string): void {
  if (!NAME.test(version))
    throw new ProblemError('PART_REFUSED', { detail: `${quote(version)} is no name of a version`, remedy: `A version has ${NAME_RULE}.` });
}
