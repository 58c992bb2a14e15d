export { commit, seal, unseal, type SealedBytes } from './seal.js';
export { KeyStore, type SubjectKeyRow } from './key-store.js';
export { KeyRing, type FreshSubjectKey, type SubjectKey } from './key-ring.js';
export { PageTokens, type PageCursor } from './page-token.js';
export { buildResultDocument, describeTensor, tensorBytes, type ResultDocument, type StoredRequest } from './result-document.js';
export { facetTerm, indexExplanation, indexInput, MAX_INDEXED_WORDS, MAX_QUERY_WORDS, type InputTerms } from './search/search-terms.js';
export {
  ExplanationStore,
  searchabilities,
  type Erasure,
  type ExplanationFilter,
  type ExplanationRow,
  type PayloadRow,
  type Searchable,
  type TensorRow,
} from './explanation-store.js';
export { packTensor } from './pack-tensor.js';
export { History, payloadContext, type ExplanationLookup, type OpenedExplanation } from './history.js';
export { TensorsBusy } from './tensor-lanes.js';
