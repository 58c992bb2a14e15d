import { quote } from '#explainers';
import { refuseField, type ProblemError } from '#platform';
import { z } from 'zod';

/** Names that are given over REST, of models, aliases, data sets, baselines and their versions: they stand in addresses, files and logs. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** What nothing is called, and a database may refuse to compare. */
const IMPOSSIBLE = /\0|^.{129,}$/s;

export const NAME_RULE = '1 to 64 letters, digits and . _ -, a letter or digit first';

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Whether a store may be asked for it: bundled models have names that cannot be given over REST. */
export function canExist(name: string): boolean {
  return !IMPOSSIBLE.test(name);
}

/** A name in a JSON body. */
export const nameSchema = (about: string) =>
  z
    .string()
    .regex(NAME, `must have ${NAME_RULE}`)
    .meta({ description: `${about}: ${NAME_RULE}.` });

/** For a field of a form that holds no name. */
export function refuseName(field: string, value: string): ProblemError {
  return refuseField('PART_REFUSED', `/${field}`, `${quote(value)} is no ${field}`, `A ${field} has ${NAME_RULE}.`);
}
