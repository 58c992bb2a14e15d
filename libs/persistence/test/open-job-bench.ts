import { localPrincipal, type Principal } from '#access';
import { indexInput, KeyRing, payloadContext, seal } from '#history';
import { auditWho, recordAudit, type AuditLeaf, type Claim, type Job, type NewExplanation, type NewPayload } from '#jobs';
import { SystemClock } from '#platform';
import { startTestDatabase } from '#testing';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { Database } from '../src/database/database.js';
import { PrismaJobStore } from '../src/stores/prisma-job-store.js';
import { PrismaKeyStore } from '../src/stores/prisma-key-store.js';
import { PrismaModelStore } from '../src/stores/prisma-model-store.js';

const clock = new SystemClock();
const text = (value: string) => new Uint8Array(Buffer.from(value, 'utf8'));

/** Runs that a job of the bench may have. */
export const MAX_ATTEMPTS = 3;

/** Jobs of the tenants `default` and `other` in a real PostgreSQL, with what their specs do again and again. */
export type JobBench = Awaited<ReturnType<typeof openJobBench>>;

export async function openJobBench() {
  const server = await startTestDatabase();
  const raw = new pg.Client({ connectionString: server.connectionString });
  await raw.connect();
  const database = new Database({ connectionString: server.connectionString, maxConnections: 8 }, () => undefined);
  const jobs = new PrismaJobStore(database);
  const keys = new KeyRing(new PrismaKeyStore(database), new Uint8Array(32).fill(3));
  await keys.createSubjectKey('default', 'local');
  await keys.createSubjectKey('other', 'local');
  const { id: versionId } = await new PrismaModelStore(database, clock).addVersion(localPrincipal, {
    ...{ model: 'toy', version: '1', location: 'bundled:toy', sha256: 'ab'.repeat(32), files: [] },
    outcome: { state: 'ACTIVE', description: {} as never, capabilities: {} },
  });

  async function create(principal: Principal = localPrincipal, deadlineSeconds = 60): Promise<Job> {
    const freshKey = await keys.createSubjectKey(principal.tenant, principal.actor);
    const id = uuidv7();
    const payloadId = uuidv7();
    return jobs.create(
      principal,
      {
        id,
        method: 'kernel-shap',
        family: 'shap',
        queue: 'vitrine-shap',
        model: { name: 'toy', version: '1', versionId, sha256: 'ab'.repeat(32), alias: 'production' },
        labels: { case: id },
        priority: 'normal',
        seed: 7,
        cache: 'use',
        purpose: null,
        deadlineSeconds,
        requestId: 'r',
        request: { id: payloadId, kind: 'request', name: null, sealed: seal(freshKey.dataKey, text('{}'), payloadContext(payloadId)) },
        subjectKeyId: freshKey.id,
        freshKey,
        datasets: [],
      },
      recordAudit(clock, 'submit', auditWho(principal, 'r'), id, {}),
    );
  }

  /** @throws Error when the job is not to be had */
  async function claimed(id: string, worker = 'w1'): Promise<Claim> {
    const claim = await jobs.claim(id, worker, 15, MAX_ATTEMPTS);
    if (claim === null) throw new Error('not claimed');
    return claim;
  }

  async function payloadFor(claim: Claim, kind: NewPayload['kind'], value: string): Promise<NewPayload> {
    const key = await keys.openSubjectKey(claim.principal.tenant, claim.subjectKeyId);
    if (key === null) throw new Error('no key');
    const id = uuidv7();
    return { id, kind, name: null, sealed: seal(key.dataKey, text(value), payloadContext(id)) };
  }

  async function explanationFor(claim: Claim): Promise<NewExplanation> {
    const result = await payloadFor(claim, 'result', '{"result":1}');
    return {
      id: uuidv7(),
      predictedClass: 'positive',
      confidence: 0.9,
      inputCommitment: result.sealed.commitment,
      result,
      tensors: [],
      evaluations: 10,
      modelRows: 10,
      budget: 10,
      estimated: true,
      truncated: false,
      warningCodes: [],
      timing: {},
      environment: {},
      words: indexInput(await keys.openSearchKey(claim.principal.tenant), { text: 'a funny film' }),
    };
  }

  const leafOf = (id: string, event: 'complete' | 'fail' | 'cancel'): AuditLeaf =>
    recordAudit(clock, event, auditWho(localPrincipal, 'r'), id, {});

  /** Events of the audit leaves about a job, in their order. */
  const leaves = async (id: string): Promise<readonly string[]> =>
    (await raw.query<{ event: string }>('SELECT event FROM audit_leaf_pending WHERE subject_id = $1 ORDER BY id', [id])).rows.map(
      (row) => row.event,
    );

  /** Of the role of the application, which sees every tenant: the owner of the tables is bound by the policies too. */
  async function seeEveryTenant(): Promise<void> {
    await raw.query(`SELECT set_config('role', 'none', false)`);
    await raw.query(`SET vitrine.tenant = '*'`);
    await raw.query('SET ROLE vitrine_app');
  }

  return {
    connectionString: server.connectionString,
    ...{ raw, database, jobs, keys, create, claimed, payloadFor, explanationFor, leafOf, leaves, seeEveryTenant },
    expireLease: (id: string) => raw.query(`UPDATE job SET lease_until = clock_timestamp() - interval '1 second' WHERE id = $1`, [id]),
    expireDeadline: (id: string) => raw.query('UPDATE job SET deadline_at = clock_timestamp() WHERE id = $1 OR parent_id = $1', [id]),
    async stop(): Promise<void> {
      await database.close();
      await raw.end();
      await server.stop();
    },
  };
}
