/** @param ended whether it has ended with this change */
export type JobListener = (jobId: string, ended: boolean) => void;

/** Wake-up calls between processes through the database. May be lost: every listener polls as well. */
export abstract class Notices {
  /** A job changed. Returns the way to stop listening. */
  abstract onJob(listener: JobListener): () => void;
  /** An outbox row was written. */
  abstract onOutbox(listener: () => void): () => void;
}

/** One leader among processes, held as long as its database session lives. */
export abstract class Leadership {
  /** True while this process leads `duty`; tries to become leader when nobody is. */
  abstract holds(duty: string): Promise<boolean>;
}
