import type { ApiKeyStore, Authenticator, Quota } from '#access';
import type { BaselineStore, DatasetStore, ModelStore, UploadedFiles } from '#catalog';
import type { Explainer } from '#explainers';
import type { ExplanationStore, History, KeyRing, PageTokens } from '#history';
import type {
  BatchStore,
  BatchSubmission,
  Eraser,
  Idempotency,
  JobEventStore,
  JobRetry,
  JobStore,
  JobSubmission,
  Notices,
  RetentionStore,
} from '#jobs';
import type { Clock, Config, Logger, Metrics, ProblemCode } from '#platform';
import type { Runner } from '#runner';
import type { Webhooks } from '#webhooks';

/** Whether this process can do its work now. */
export interface ReadinessReport {
  /** Empty when ready. */
  readonly reasons: readonly { readonly code: ProblemCode; readonly detail: string }[];
  /** What works, but not as it should. */
  readonly warnings: readonly string[];
}

/** Everything the gateway is made of, constructed by a composition root. */
export interface GatewayParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly explainers: readonly Explainer[];
  readonly authenticator: Authenticator;
  readonly apiKeys: ApiKeyStore;
  readonly quota: Quota;
  readonly webhooks: Webhooks;
  readonly keys: KeyRing;
  readonly models: ModelStore;
  readonly modelFiles: UploadedFiles;
  /** Told of each new upload. */
  readonly validator: { nudge(): void };
  readonly datasets: DatasetStore;
  readonly baselines: BaselineStore;
  readonly jobs: JobStore;
  readonly jobEvents: JobEventStore;
  readonly submission: JobSubmission;
  readonly retries: JobRetry;
  readonly batches: BatchStore;
  readonly batchSubmission: BatchSubmission;
  readonly idempotency: Idempotency;
  readonly explanations: ExplanationStore;
  readonly history: History;
  readonly retention: RetentionStore;
  readonly eraser: Eraser;
  readonly clock: Clock;
  /** Null when it cannot be told. */
  readonly measureDisk: () => Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null>;
  readonly pageTokens: PageTokens;
  readonly notices: Notices;
  /** Plans requests for validateOnly. */
  readonly runner: Runner;
  readonly readiness: () => Promise<ReadinessReport>;
  /** The folder of a stored model location on this machine. */
  readonly locateModel: (location: string) => string;
}

/** Token under which the parts are injected. */
export const GATEWAY_PARTS = Symbol('gateway parts');
