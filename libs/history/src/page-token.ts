import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The last row of a page: rows are ordered newest first by (createdAt, id). */
export interface PageCursor {
  readonly createdAt: Date;
  readonly id: string;
}

/**
 * Opaque page tokens, bound to tenant and filter: an edited, foreign or re-used token is refused instead of
 * answering other rows.
 */
export class PageTokens {
  constructor(private readonly key: Uint8Array) {}

  /** @param filter canonical text of the filter the page belongs to */
  issue(cursor: PageCursor, tenant: string, filter: string): string {
    const body = Buffer.from(`${cursor.createdAt.getTime().toString(36)}.${cursor.id}`, 'utf8');
    return `${body.toString('base64url')}.${this.mac(body, tenant, filter).toString('base64url')}`;
  }

  /** The cursor, or null when this token was not issued for this tenant and filter. */
  read(token: string, tenant: string, filter: string): PageCursor | null {
    const [head, tail, ...more] = token.split('.');
    if (head === undefined || tail === undefined || more.length > 0) return null;
    const body = Buffer.from(head, 'base64url');
    const mac = Buffer.from(tail, 'base64url');
    const expected = this.mac(body, tenant, filter);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return null;
    const [time, id] = body.toString('utf8').split('.');
    if (time === undefined || id === undefined) return null;
    return { createdAt: new Date(parseInt(time, 36)), id };
  }

  private mac(body: Uint8Array, tenant: string, filter: string): Buffer {
    const bound = createHash('sha256')
      .update(JSON.stringify([tenant, filter]))
      .digest();
    return createHmac('sha256', this.key).update(body).update(bound).digest();
  }
}
