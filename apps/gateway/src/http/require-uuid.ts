import { ProblemError } from '#platform';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The answer for an id that does not exist, whatever the reason: absent, of another tenant, or no id at all. */
export function absent(resource: string): ProblemError {
  return new ProblemError('NOT_FOUND', { detail: `there is no ${resource} with this id` });
}

/** @throws ProblemError NOT_FOUND, the same as for an absent id */
export function requireUuid(id: string, resource: string): string {
  if (!UUID.test(id)) throw absent(resource);
  return id.toLowerCase();
}
