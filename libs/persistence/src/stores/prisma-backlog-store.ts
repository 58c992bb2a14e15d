import { BacklogStore, type Backlog, type FamilyBacklog } from '#jobs';
import { EVERY_TENANT, type Database } from '../database/database.js';

/** Counts over the partial indexes of open jobs and unsent outbox rows: the number of ended jobs does not matter. */
export class PrismaBacklogStore extends BacklogStore {
  constructor(private readonly database: Database) {
    super();
  }

  override read(): Promise<Backlog> {
    return this.database.within(EVERY_TENANT, async (transaction) => {
      const families = await transaction.$queryRaw<FamilyBacklog[]>`
        SELECT family,
          (count(*) FILTER (WHERE state = 'QUEUED'))::integer AS queued,
          (count(*) FILTER (WHERE state = 'RUNNING'))::integer AS running,
          (count(*) FILTER (WHERE state = 'CANCELLING'))::integer AS cancelling,
          (count(*) FILTER (WHERE lease_until > clock_timestamp()))::integer AS held,
          coalesce(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE state = 'QUEUED')), 0)::double precision AS "oldestSeconds"
        FROM job WHERE state IN ('QUEUED', 'RUNNING', 'CANCELLING') GROUP BY family ORDER BY family`;
      const [outbox] = await transaction.$queryRaw<{ unsent: number; lagSeconds: number }[]>`
        SELECT count(*)::integer AS unsent,
          coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::double precision AS "lagSeconds"
        FROM outbox WHERE sent_at IS NULL`;
      return { families, unsent: outbox?.unsent ?? 0, lagSeconds: outbox?.lagSeconds ?? 0 };
    });
  }
}
