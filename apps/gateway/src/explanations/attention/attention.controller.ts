import { createHash } from 'node:crypto';
import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import { figureStyle } from '#figures';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Caller } from '../../http/caller.js';
import { matchesEtag } from '../../http/matches-etag.js';
import { onDisconnect } from '../../http/on-disconnect.js';
import { Serve } from '../../http/operation.js';
import { readQuery } from '../../http/query/read-query.js';
import { stylePolicy } from '../../http/style-policy.js';
import { encodeNpy } from '../encode-npy.js';
import { toExplanationAnswer } from '../explanation-answer.js';
import { MAX_JSON_NUMBERS } from '../explanation-operations.js';
import { openExplanation } from '../open-explanation.js';
import { attentionOperation, type AttentionAnswer } from './attention-operation.js';
import { attentionQuery, type AttentionChoice } from './attention-query.js';
import { drawAttention } from './draw-attention.js';
import { findAttention } from './find-attention.js';
import { takePictureTurn } from './picture-turns.js';
import { sliceAttention, type AttentionPart } from './slice-attention.js';

@Controller()
export class AttentionController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(attentionOperation)
  async get(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AttentionAnswer | Buffer | string | undefined> {
    const choice = readQuery(attentionQuery, request.url);
    refuseUnread(choice);
    const gone = onDisconnect(reply);
    const opened = await openExplanation(this.parts.history, caller, id);
    const explanation = toExplanationAnswer(opened);
    const kept = findAttention(explanation);
    if (kept.isScore && choice.format === 'svg') {
      const remedy = 'Ask for json or npy, or explain the text without params.space.';
      throw new ProblemError('FILTER_INVALID', { detail: 'scores before the softmax are no shares that could be drawn', remedy });
    }
    const row = opened.row.tensors.find(({ name }) => name === kept.tensor);
    const stored = row === undefined ? null : await this.parts.history.openTensor(caller.tenant, opened.row, row.name);
    if (row === undefined || stored === null) throw new ProblemError('PAYLOAD_ERASED');
    const answer = await takePictureTurn(gone, () => {
      const part = sliceAttention(kept, { dtype: row.dtype, bytes: stored }, choice);
      const body = represent(part, choice, { model: explanation.model.name, maxAbsError: row.maxAbsError });
      return Promise.resolve({ body, etag: nameForm(opened.resultHash, body) });
    });
    if (answer === undefined) return undefined;
    const { body, etag } = answer;
    reply.header('ETag', etag);
    if (matchesEtag(request.headers['if-none-match'], etag)) {
      reply.code(304);
      return undefined;
    }
    if (choice.format === 'npy') reply.type('application/octet-stream');
    if (choice.format === 'svg')
      reply.headers({
        'Content-Type': 'image/svg+xml; charset=utf-8',
        'Content-Security-Policy': stylePolicy(figureStyle(choice.theme ?? 'auto')),
      });
    return body;
  }
}

function represent(
  part: AttentionPart,
  { format, figure = 'matrix', theme = 'auto' }: AttentionChoice,
  about: { readonly model: string; readonly maxAbsError: number },
): AttentionAnswer | Buffer | string {
  const { layer, head, heads, queries, keys, values } = part;
  const shape = [...(head === null && layer !== null ? [heads.length] : []), queries.length, keys.length];
  switch (format) {
    case 'svg':
      return drawAttention(part, { ...about, figure, theme });
    case 'npy':
      return encodeNpy(shape, 'f32', new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    case 'json':
      if (values.length > MAX_JSON_NUMBERS) {
        const detail = `the part has ${values.length} numbers; json holds at most ${MAX_JSON_NUMBERS}`;
        throw new ProblemError('FILTER_INVALID', { detail, remedy: 'Choose a head, or ask for format=npy.' });
      }
      return {
        layer,
        head,
        heads: [...heads],
        queries: [...queries],
        keys: [...keys],
        shape,
        values: [...values],
        maxAbsError: about.maxAbsError,
      };
  }
}

/** Parameters that the form would leave unread are refused, so that nobody takes the answer for what was asked. */
function refuseUnread(choice: AttentionChoice): void {
  const unread = choice.format === 'svg' ? undefined : (['figure', 'theme'] as const).find((name) => choice[name] !== undefined);
  if (unread === undefined) return;
  throw new ProblemError('FILTER_INVALID', {
    detail: `${choice.format} has no parameter ${unread}`,
    remedy: `Ask for format=svg, or leave ${unread} out.`,
  });
}

function nameForm(resultHash: string, body: AttentionAnswer | Buffer | string): string {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return `"${resultHash}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}"`;
}
