import { Controller, Inject } from '@nestjs/common';
import { ProblemError } from '#platform';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Serve } from '../http/operation.js';
import { getHealthOperation, getReadinessOperation, type HealthAnswer, type ReadinessAnswer } from './health-operations.js';

@Controller()
export class HealthController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(getHealthOperation)
  live(): HealthAnswer {
    return { status: 'ok', version: this.parts.config.version };
  }

  /** @throws ProblemError 503 with every reason */
  @Serve(getReadinessOperation)
  async ready(): Promise<ReadinessAnswer> {
    const { reasons, warnings } = await this.parts.readiness();
    const [first] = reasons;
    if (first === undefined) return { status: 'ready', warnings: [...warnings] };
    throw new ProblemError(
      first.code,
      {
        status: 503,
        detail: reasons.map((reason) => reason.detail).join('; '),
        errors: reasons.map((reason) => ({ pointer: '', ...reason })),
      },
      { 'Retry-After': '2' },
    );
  }
}
