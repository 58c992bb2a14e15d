export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Under whom PostgreSQL's programs run. They refuse root, and initdb refuses a user without a name. */
export interface ServerAccount {
  /** Command put before each program. */
  readonly prefix: readonly string[];
  /** What the spawning call switches to before it executes anything. */
  readonly spawnAs?: Identity;
  /** Who must own the files of the cluster, where that is not this process's own user. */
  readonly owner?: Identity;
  /** True when this account cannot enter folders closed to it, so that cluster and binaries need an open place. */
  readonly needsOpenPlace: boolean;
  /** A sentence for the person who started the program, when something is not as they would expect. */
  readonly note?: string;
}
