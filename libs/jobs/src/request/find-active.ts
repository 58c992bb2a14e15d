import type { Principal } from '#access';
import { resolveModel, type ActiveVersion, type ModelReference, type ModelStore } from '#catalog';
import { quote } from '#explainers';
import { refuseField } from '#platform';

export interface ResolvedModel {
  readonly version: ActiveVersion;
  readonly alias: string | null;
}

/**
 * The version a body means.
 *
 * @param pointer of the model's name in the body
 * @param whole of the reference to the model
 * @throws ProblemError 422 MODEL_UNKNOWN, MODEL_VERSION_UNKNOWN, ALIAS_UNKNOWN, MODEL_NOT_ACTIVE
 */
export async function findActive(
  models: ModelStore,
  principal: Principal,
  reference: ModelReference,
  pointer = '/model/name',
  whole = '/model',
): Promise<ResolvedModel> {
  const resolution = await resolveModel(models, principal.tenant, reference);
  switch (resolution.kind) {
    case 'resolved':
      return resolution;
    case 'model-unknown':
      throw refuseField(
        'MODEL_UNKNOWN',
        pointer,
        `there is no model ${quote(reference.name)}`,
        `Registered models: ${resolution.known.join(', ') || 'none'}.`,
      );
    case 'version-unknown':
      throw refuseField(
        'MODEL_VERSION_UNKNOWN',
        '/model/version',
        `${reference.name} has no version ${quote(reference.version ?? '')}`,
        `Its versions: ${resolution.known.join(', ')}.`,
      );
    case 'alias-unknown':
      throw refuseField(
        'ALIAS_UNKNOWN',
        reference.alias === undefined ? pointer : '/model/alias',
        `${reference.name} has no alias ${quote(reference.alias ?? 'production')}`,
        `Its aliases: ${resolution.known.join(', ') || 'none'}.`,
      );
    case 'not-active':
      throw refuseField(
        'MODEL_NOT_ACTIVE',
        whole,
        [`this version is ${resolution.state}`, ...resolution.reasons.map((reason) => `${reason.code}: ${reason.detail}`)].join('; '),
        null,
      );
  }
}
