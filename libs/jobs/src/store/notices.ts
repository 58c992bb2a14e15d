/** Wake-up calls between processes through the database. May be lost: every listener polls as well. */
export abstract class Notices {
  /** A job changed; the argument is its id. Returns the way to stop listening. */
  abstract onJob(listener: (jobId: string) => void): () => void;
  /** An outbox row was written. */
  abstract onOutbox(listener: () => void): () => void;
}

/** One leader among processes, held as long as its database session lives. */
export abstract class Leadership {
  /** True while this process leads `duty`; tries to become leader when nobody is. */
  abstract holds(duty: string): Promise<boolean>;
}
