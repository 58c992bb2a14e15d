export interface SubjectKeyRow {
  readonly id: string;
  /** The data key wrapped by the tenant's key; null once erased. */
  readonly wrappedKey: Uint8Array<ArrayBuffer> | null;
}

/** Where wrapped keys rest. Implemented by persistence. */
export abstract class KeyStore {
  /** The tenant's wrapped key; stores `fresh` and returns it when the tenant is new. */
  abstract findOrAddTenantKey(tenant: string, fresh: Uint8Array<ArrayBuffer>, actor: string): Promise<Uint8Array<ArrayBuffer>>;
  abstract findSubjectKey(tenant: string, id: string): Promise<SubjectKeyRow | null>;
  /**
   * The live key of a subject reference; adds `fresh` when there is none. A reference whose key was erased gets a new
   * key under a new id, so that erased records stay erased.
   */
  abstract findOrAddSubjectKey(
    tenant: string,
    refCommitment: Uint8Array<ArrayBuffer>,
    fresh: { readonly id: string; readonly wrappedKey: Uint8Array<ArrayBuffer> },
    actor: string,
  ): Promise<SubjectKeyRow>;
}
