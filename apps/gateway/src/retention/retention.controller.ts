import { Body, Controller, Inject, Req } from '@nestjs/common';
import type { Principal } from '#access';
import { auditWho, keepEverything, recordAudit } from '#jobs';
import { ProblemError } from '#platform';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { readQuery } from '../http/query/read-query.js';
import { policySchema, toRetentionAnswer, toStorageAnswer, type RetentionAnswer, type StorageAnswer } from './retention-answers.js';
import { getRetentionOperation, getStorageOperation, setRetentionOperation } from './retention-operations.js';

const MEASURE_MS = 60_000;

@Controller()
export class RetentionController {
  /** Measuring reads an index over all payloads, so that one measurement serves everyone who asks within a minute. */
  private readonly measured = new LRUCache<string, StorageAnswer>({ max: 1000, ttl: MEASURE_MS });

  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(getRetentionOperation)
  async get(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<RetentionAnswer> {
    readQuery(noQuery, request.url);
    const { retention, config } = this.parts;
    const policy = (await retention.findPolicy(caller.tenant)) ?? keepEverything;
    return toRetentionAnswer(policy, await retention.findRun(caller.tenant), config.retentionFloorDays);
  }

  @Serve(setRetentionOperation)
  async set(@Caller() caller: Principal, @Body() body: unknown, @Req() request: FastifyRequest): Promise<RetentionAnswer> {
    readQuery(noQuery, request.url);
    const { rules, default: defaultDays } = parseBody(policySchema, body);
    const { retention, keys, clock, config } = this.parts;
    this.refuseShort([
      ...rules.map((rule, index) => ({ days: rule.keepDays, pointer: `/rules/${index}/keepDays` })),
      { days: defaultDays, pointer: '/default' },
    ]);
    await keys.openTenant(caller.tenant, caller.actor);
    const policy = { rules, defaultDays };
    const leaf = recordAudit(clock, 'retention.set', auditWho(caller, request.id), 'retention', { ...policy });
    const stored = await retention.setPolicy(caller, policy, leaf);
    this.measured.delete(caller.tenant);
    return toRetentionAnswer(stored, await retention.findRun(caller.tenant), config.retentionFloorDays);
  }

  @Serve(getStorageOperation)
  async storage(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<StorageAnswer> {
    readQuery(noQuery, request.url);
    const known = this.measured.get(caller.tenant);
    if (known !== undefined) return known;
    const { retention, clock, measureDisk } = this.parts;
    const now = clock.now();
    const policy = (await retention.findPolicy(caller.tenant)) ?? keepEverything;
    const answer = toStorageAnswer(await retention.measure(caller.tenant, policy, now), await measureDisk(), now);
    this.measured.set(caller.tenant, answer);
    return answer;
  }

  private refuseShort(terms: readonly { readonly days: number | null; readonly pointer: string }[]): void {
    const floor = this.parts.config.retentionFloorDays;
    const errors = terms
      .filter(({ days }) => days !== null && days < floor)
      .map(({ days, pointer }) => ({
        pointer,
        code: 'RETENTION_BELOW_FLOOR' as const,
        detail: `${String(days)} days are less than the ${floor} that this installation keeps at least`,
      }));
    const [first] = errors;
    if (first !== undefined) throw new ProblemError('RETENTION_BELOW_FLOOR', { detail: `${first.pointer}: ${first.detail}`, errors });
  }
}
