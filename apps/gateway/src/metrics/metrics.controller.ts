import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Serve } from '../http/operation.js';
import { getMetricsOperation } from './metrics-operations.js';

@Controller()
export class MetricsController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(getMetricsOperation)
  async render(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { mediaType, text } = await this.parts.metrics.render();
    reply.type(mediaType).header('Cache-Control', 'no-store');
    return text;
  }
}
