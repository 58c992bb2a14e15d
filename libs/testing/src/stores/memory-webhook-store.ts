import type { Principal } from '#access';
import type { PageCursor } from '#history';
import { MAX_WEBHOOKS, type NewWebhook, type Settlement, type Webhook, type WebhookOverview, type WebhookStore } from '#webhooks';
import { pageOf, type MemoryDatabase } from './memory-database.js';

/** Webhooks in memory. Nothing is delivered: deliveries are written by a trigger of the real database. */
export class MemoryWebhookStore implements WebhookStore {
  private readonly rows = new Map<string, Webhook>();

  constructor(private readonly database: MemoryDatabase) {}

  add(principal: Principal, { id, url, events }: NewWebhook): Promise<Webhook | null> {
    return this.database.within(() => {
      const { tenant, actor } = principal;
      if (this.of(tenant).length >= MAX_WEBHOOKS) return null;
      const createdAt = new Date(this.database.now());
      const row: Webhook = {
        id,
        tenant,
        url,
        events,
        state: 'ACTIVE',
        disabledReason: null,
        disabledAt: null,
        createdBy: actor,
        createdAt,
      };
      this.rows.set(id, row);
      return row;
    });
  }

  list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly WebhookOverview[]> {
    return this.database.within(() =>
      pageOf(this.of(tenant), after, limit).map((row) => ({ ...row, counts: { PENDING: 0, DELIVERED: 0, GIVEN_UP: 0 }, recent: [] })),
    );
  }

  remove(principal: Principal, id: string): Promise<boolean> {
    return this.database.within(() => this.rows.get(id)?.tenant === principal.tenant && this.rows.delete(id));
  }

  claimDue(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  settle(): Promise<Settlement> {
    return Promise.resolve({ settled: false, disabled: false });
  }

  forgetSettled(): Promise<number> {
    return Promise.resolve(0);
  }

  private of(tenant: string): Webhook[] {
    return [...this.rows.values()].filter((row) => row.tenant === tenant);
  }
}
