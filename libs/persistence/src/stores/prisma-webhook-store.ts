import type { Principal } from '#access';
import type { PageCursor } from '#history';
import { auditWho, recordAudit } from '#jobs';
import type { Clock } from '#platform';
import {
  MAX_WEBHOOKS,
  RECENT_DELIVERIES,
  WebhookStore,
  type DeliveryClaim,
  type DeliveryOutcome,
  type NewWebhook,
  type Settlement,
  type Webhook,
  type WebhookEvent,
  type WebhookOverview,
} from '#webhooks';
import { EVERY_TENANT, type Database, type Transaction } from '../database/database.js';
import type { Webhook as WebhookRecord, WebhookDelivery as DeliveryRecord } from '../generated/client.js';
import { insertLeaf } from './insert-rows.js';
import { afterCursor, newestFirst } from './keyset.js';
import { claimDeliveries, settleDelivery } from './webhook-queries.js';

/** Webhooks and their deliveries in PostgreSQL; a trigger on `job` writes the deliveries. */
export class PrismaWebhookStore extends WebhookStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override add(principal: Principal, webhook: NewWebhook, requestId: string): Promise<Webhook | null> {
    const { tenant, actor } = principal;
    const { id, url, events, wrappedSecret } = webhook;
    return this.database.within(tenant, async (transaction) => {
      // Two that are added at once must see each other to be counted.
      await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`vitrine webhooks ${tenant}`}))::text`;
      if ((await transaction.webhook.count({ where: { tenantId: tenant } })) >= MAX_WEBHOOKS) return null;
      const row = await transaction.webhook.create({ data: { id, tenantId: tenant, actor, url, events: [...events], wrappedSecret } });
      // The address may hold a token of the receiver: the log keeps its host alone.
      const facts = { host: new URL(url).host, events: [...events] };
      await insertLeaf(transaction, principal, recordAudit(this.clock, 'webhook.add', auditWho(principal, requestId), id, facts));
      return toWebhook(row);
    });
  }

  override list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly WebhookOverview[]> {
    return this.database.within(tenant, async (transaction) => {
      const rows = await transaction.webhook.findMany({
        where: { tenantId: tenant, AND: afterCursor(after) },
        orderBy: newestFirst(),
        take: limit,
      });
      const overviews: WebhookOverview[] = [];
      for (const row of rows) overviews.push(await overlook(transaction, row));
      return overviews;
    });
  }

  override remove(principal: Principal, id: string, requestId: string): Promise<boolean> {
    const { tenant } = principal;
    return this.database.within(tenant, async (transaction) => {
      const found = await transaction.$queryRaw<
        unknown[]
      >`SELECT id FROM webhook WHERE id = ${id}::uuid AND tenant_id = ${tenant} FOR UPDATE`;
      if (found.length === 0) return false;
      await transaction.webhookDelivery.deleteMany({ where: { webhookId: id } });
      await transaction.webhook.delete({ where: { id }, select: { id: true } });
      await insertLeaf(transaction, principal, recordAudit(this.clock, 'webhook.delete', auditWho(principal, requestId), id, {}));
      return true;
    });
  }

  override claimDue(busy: readonly string[], leaseSeconds: number, limit: number): Promise<readonly DeliveryClaim[]> {
    return this.database.within(EVERY_TENANT, (transaction) => claimDeliveries(transaction, busy, leaseSeconds, limit));
  }

  override settle(claim: DeliveryClaim, outcome: DeliveryOutcome): Promise<Settlement> {
    return this.database.within(claim.tenant, (transaction) => settleDelivery(transaction, claim, outcome));
  }

  override forgetSettled(olderThanDays: number): Promise<number> {
    return this.database.within(
      EVERY_TENANT,
      (transaction) => transaction.$executeRaw`
        DELETE FROM webhook_delivery WHERE state <> 'PENDING' AND settled_at < clock_timestamp() - make_interval(days => ${olderThanDays}::integer)`,
    );
  }
}

async function overlook(transaction: Transaction, row: WebhookRecord): Promise<WebhookOverview> {
  const counted = await transaction.webhookDelivery.groupBy({ by: ['state'], where: { webhookId: row.id }, _count: true });
  const count = (state: string) => counted.find((one) => one.state === state)?._count ?? 0;
  const recent = await transaction.webhookDelivery.findMany({
    where: { webhookId: row.id },
    orderBy: newestFirst(),
    take: RECENT_DELIVERIES,
  });
  return {
    ...toWebhook(row),
    counts: { PENDING: count('PENDING'), DELIVERED: count('DELIVERED'), GIVEN_UP: count('GIVEN_UP') },
    recent: recent.map(toDelivery),
  };
}

// The columns were written by this class, and are checked by the table.
function toWebhook(row: WebhookRecord): Webhook {
  return {
    id: row.id,
    tenant: row.tenantId,
    url: row.url,
    events: row.events as WebhookEvent[],
    state: row.state as Webhook['state'],
    disabledReason: row.disabledReason,
    disabledAt: row.disabledAt,
    createdBy: row.actor,
    createdAt: row.createdAt,
  };
}

function toDelivery(row: DeliveryRecord): WebhookOverview['recent'][number] {
  const state = row.state as WebhookOverview['recent'][number]['state'];
  return {
    id: row.id,
    event: row.event as WebhookEvent,
    jobId: row.jobId,
    state,
    attempts: row.attempts,
    lastStatus: row.lastStatus,
    lastError: row.lastError,
    createdAt: row.createdAt,
    nextAttemptAt: state === 'PENDING' ? row.nextAttemptAt : null,
  };
}
