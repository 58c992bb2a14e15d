import type { BaselineStore } from '#catalog';
import { escapePointer } from '#explainers';
import { refuseField } from '#platform';

/** The part of the store of baselines that accepting jobs needs. */
export type BaselineReader = Pick<BaselineStore, 'find'>;

/** Parameters of a method that plays a game. */
interface MaskedParams {
  readonly masker: string | null;
  readonly baseline?: object;
}

/**
 * Writes the values of a stored baseline into the parameters: the request then needs the store no more.
 *
 * @param name of the baseline that the request names; undefined where it names none
 * @param params of the method, parsed; what the platform alone writes is refused at any depth
 * @throws ProblemError BASELINE_UNKNOWN, PARAM_INVALID with the pointer
 */
export async function resolveBaseline(
  baselines: BaselineReader,
  tenant: string,
  name: string | undefined,
  params: unknown,
): Promise<unknown> {
  const forged = findForged(params, '/params');
  if (forged !== null)
    throw refuseField('PARAM_INVALID', forged, 'the platform writes this member', 'Name a stored baseline as `baseline` beside `params`.');
  const masked = isMasked(params) ? params : null;
  if (name === undefined) return params;
  if (masked === null) throw refuseField('PARAM_INVALID', '/baseline', 'the method takes no baseline', 'Leave it out.');
  if (masked.baseline !== undefined)
    throw refuseField('PARAM_INVALID', '/baseline', 'params.baseline is given too', 'Give one of the two.');
  if (masked.masker !== null && masked.masker !== 'baseline-row')
    throw refuseField(
      'PARAM_INVALID',
      '/baseline',
      `it would have no effect: the masker is ${masked.masker}`,
      'Leave it out, or set masker to baseline-row.',
    );
  const found = await baselines.find(tenant, name);
  if (found === null)
    throw refuseField('BASELINE_UNKNOWN', '/baseline', `there is no baseline ${JSON.stringify(name)}`, 'Choose one of GET /v1/baselines.');
  const { version, sha256, features } = found;
  return { ...masked, masker: 'baseline-row', baseline: { features, stored: { name: found.name, version, sha256 } } };
}

function isMasked(params: unknown): params is MaskedParams {
  return typeof params === 'object' && params !== null && 'masker' in params;
}

/** Pointer to the first member that says a baseline was stored. A method may hold the parameters of another. */
function findForged(value: unknown, pointer: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const at = `${pointer}/${escapePointer(name)}`;
    const isForged = name === 'baseline' && typeof member === 'object' && member !== null && 'stored' in member;
    const found = isForged ? `${at}/stored` : findForged(member, at);
    if (found !== null) return found;
  }
  return null;
}
