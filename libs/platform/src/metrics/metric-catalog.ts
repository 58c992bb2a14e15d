interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** One sentence; also the HELP line of an answer. */
  readonly about: string;
  /** Which processes have it. */
  readonly from: 'gateway' | 'worker' | 'both';
}

const define = <Entry extends MetricEntry>(entry: Entry): Entry => entry;

/** Every metric of our own. Labels take values of closed lists alone: never a path, a tenant or anything a caller wrote. */
export const metricCatalog = {
  vitrine_request_seconds: define({
    type: 'histogram',
    labels: ['method', 'route', 'status'],
    from: 'gateway',
    about: 'Time from the head of a request to the end of its answer; route is the pattern, or "unmatched".',
  }),
  vitrine_jobs_open: define({
    type: 'gauge',
    labels: ['family', 'state'],
    from: 'gateway',
    about: 'Jobs that have not ended, from PostgreSQL.',
  }),
  vitrine_queue_oldest_seconds: define({
    type: 'gauge',
    labels: ['family'],
    from: 'gateway',
    about: 'Age of the oldest job that waits, from PostgreSQL; 0 when none waits.',
  }),
  vitrine_outbox_unsent: define({
    type: 'gauge',
    labels: [],
    from: 'gateway',
    about: 'Jobs that are accepted and not yet published to the queue.',
  }),
  vitrine_outbox_lag_seconds: define({
    type: 'gauge',
    labels: [],
    from: 'gateway',
    about: 'Age of the oldest of them; 0 when there is none.',
  }),
  vitrine_database_up: define({
    type: 'gauge',
    labels: [],
    from: 'gateway',
    about: '1 when PostgreSQL answered this very question; 0 when not, and the gauges that come from it are left out.',
  }),
  vitrine_family_stalled: define({
    type: 'gauge',
    labels: ['family'],
    from: 'gateway',
    about: '1 when entries of the family lie in the queue, nobody takes them, and none of its jobs is held by a worker.',
  }),
  vitrine_jobs_ended_total: define({
    type: 'counter',
    labels: ['method', 'outcome'],
    from: 'worker',
    about: 'Jobs this process ended: SUCCEEDED, CANCELLED, or the code of the problem.',
  }),
  vitrine_evaluations_total: define({
    type: 'counter',
    labels: ['method'],
    from: 'worker',
    about: 'Evaluations of committed explanations.',
  }),
  vitrine_model_rows_total: define({
    type: 'counter',
    labels: ['method'],
    from: 'worker',
    about: 'Rows through models for committed explanations.',
  }),
  vitrine_leases_lost_total: define({
    type: 'counter',
    labels: [],
    from: 'worker',
    about: 'Runs that were stopped because a later epoch holds their job.',
  }),
  vitrine_duplicates_discarded_total: define({
    type: 'counter',
    labels: [],
    from: 'worker',
    about: 'Results that were computed and not stored because a later epoch holds their job.',
  }),
  vitrine_consumer_reopened_total: define({
    type: 'counter',
    labels: ['family'],
    from: 'worker',
    about: 'Times the connection to a queue was closed and opened anew because entries waited and none arrived.',
  }),
  vitrine_child_ends_total: define({
    type: 'counter',
    labels: ['reason'],
    from: 'both',
    about: 'Child processes that ended: crashed, retired, or stopped with the code of the reason.',
  }),
  vitrine_model_loads_total: define({
    type: 'counter',
    labels: [],
    from: 'both',
    about: 'Models that a child process opened.',
  }),
} as const;

export type MetricName = keyof typeof metricCatalog;
type NameOf<Type extends MetricEntry['type']> = {
  [Name in MetricName]: (typeof metricCatalog)[Name]['type'] extends Type ? Name : never;
}[MetricName];
export type CounterName = NameOf<'counter'>;
export type GaugeName = NameOf<'gauge'>;
