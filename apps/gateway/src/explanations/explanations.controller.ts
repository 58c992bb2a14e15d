import { Controller, HttpCode, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import { MAX_QUERY_WORDS, type OpenedExplanation, type TensorRow } from '#history';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { matchesEtag } from '../http/matches-etag.js';
import { onDisconnect } from '../http/on-disconnect.js';
import { noQuery } from '../http/query/no-query.js';
import { answerPage, type Page } from '../http/query/page.js';
import { readQuery } from '../http/query/read-query.js';
import { absent, requireUuid } from '../http/require-uuid.js';
import { takePictureTurn } from './attention/picture-turns.js';
import { readTellingAttention } from './attention/read-telling-attention.js';
import { decodeTensor } from './decode-tensor.js';
import { encodeNpy } from './encode-npy.js';
import { toExplanationAnswer, toExplanationSummary, type ExplanationAnswer, type ExplanationSummary } from './explanation-answer.js';
import {
  canonicalOperation,
  deleteExplanationOperation,
  getExplanationOperation,
  listExplanationsOperation,
  MAX_JSON_NUMBERS,
  rankOperation,
  tensorOperation,
} from './explanation-operations.js';
import { attributionQuery, explanationQuery, representationQuery, tensorQuery } from './explanation-queries.js';
import { chooseRepresentation, type Representation } from './choose-representation.js';
import { noPictures, refuseUnread, representExplanation, type Represented } from './represent-explanation.js';
import { openExplanation } from './open-explanation.js';
import { readOverlays } from './read-overlay.js';
import { readTensor } from './read-tensor.js';
import { rankAttributions, type RankedAttributions } from './rank-attributions.js';

/** A page holds a picture twice, for wide and narrow windows, and should open at once. */
const PICTURE_LIMITS = { svg: { numbers: Infinity, cells: Infinity }, html: { numbers: 2 ** 22, cells: 2 ** 14 } };

const SEARCH_INCOMPLETE = {
  code: 'SEARCH_INCOMPLETE',
  message: 'Words of some older explanations are still being read, and a search does not find these yet. Ask again in a few minutes.',
};

@Controller()
export class ExplanationsController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(listExplanationsOperation)
  async list(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<ExplanationSummary> & { readonly warnings?: readonly { code: string; message: string }[] }> {
    const { pageSize, pageToken, q, ...rest } = readQuery(explanationQuery, request.url);
    const filter = { ...rest, words: q === undefined ? undefined : await this.readWords(caller, q) };
    const page = await answerPage(
      { tokens: this.parts.pageTokens, reply, tenant: caller.tenant, pageSize, pageToken },
      (after, limit) => this.parts.explanations.list(caller.tenant, filter, after, limit),
      toExplanationSummary,
    );
    const isPartial = q !== undefined && (await this.parts.explanations.hasUnindexed(caller.tenant));
    return { ...page, ...(isPartial ? { warnings: [SEARCH_INCOMPLETE] } : {}) };
  }

  @Serve(getExplanationOperation)
  async get(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExplanationAnswer | string | Buffer | undefined> {
    reply.header('Vary', 'Accept');
    const query = readQuery(representationQuery, request.url);
    const opened = await openExplanation(this.parts.history, caller, id);
    const hasMap = opened.row.tensors.some(({ name }) => name === 'picture');
    const form = chooseRepresentation(request.headers.accept, query.format, hasMap);
    refuseUnread(form, query);
    const represented =
      form === 'json' ? representExplanation(opened, form, query, noPictures) : await this.picture(caller, opened, form, query, reply);
    if (represented === undefined) return undefined;
    const { body, etag, headers } = represented;
    reply.header('ETag', etag);
    if (!matchesEtag(request.headers['if-none-match'], etag)) {
      reply.headers(headers);
      return body;
    }
    reply.code(304);
    return undefined;
  }

  @Serve(deleteExplanationOperation)
  @HttpCode(204)
  async delete(@Caller() caller: Principal, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    readQuery(noQuery, request.url);
    const outcome = await this.parts.eraser.eraseOnRequest(caller, requireUuid(id, 'explanation'), request.id);
    if (outcome.kind === 'absent') throw absent('explanation');
    this.parts.history.forget(caller.tenant, id);
  }

  @Serve(rankOperation)
  async rank(@Caller() caller: Principal, @Param('id') id: string, @Req() request: FastifyRequest): Promise<RankedAttributions> {
    const { topK } = readQuery(attributionQuery, request.url);
    return rankAttributions(toExplanationAnswer(await openExplanation(this.parts.history, caller, id)), topK);
  }

  @Serve(canonicalOperation)
  async canonical(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    readQuery(noQuery, request.url);
    const { bytes, resultHash } = await openExplanation(this.parts.history, caller, id);
    const digest = Buffer.from(resultHash, 'hex').toString('base64');
    reply.headers({ ETag: `"${resultHash}"`, 'Repr-Digest': `sha-256=:${digest}:` }).type('application/json');
    return Buffer.from(bytes);
  }

  @Serve(tensorOperation)
  async tensor(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | Record<string, unknown>> {
    const { format } = readQuery(tensorQuery, request.url);
    const { row } = await openExplanation(this.parts.history, caller, id);
    const tensor = row.tensors.find((one) => one.name === name);
    if (tensor === undefined) {
      const names = row.tensors.slice(0, 20).map((one) => JSON.stringify(one.name));
      const detail = `the explanation has no tensor of this name, ${names.length === 0 ? 'nor any other' : `but ${names.join(', ')}`}`;
      throw new ProblemError('NOT_FOUND', { detail });
    }
    if (format === 'json') refuseManyNumbers(tensor);
    const bytes = await this.parts.history.openTensor(caller.tenant, row, name);
    if (bytes === null) throw new ProblemError('PAYLOAD_ERASED');
    const readable = readTensor(tensor.dtype, bytes);
    if (format === 'json')
      return { name, shape: tensor.shape, dtype: readable.dtype, values: decodeTensor(readable.dtype, readable.bytes) };
    reply.type('application/octet-stream');
    return encodeNpy(tensor.shape, readable.dtype, readable.bytes);
  }

  private async picture(
    { tenant }: Principal,
    opened: OpenedExplanation,
    form: Exclude<Representation, 'json'>,
    query: Parameters<typeof representExplanation>[2],
    reply: FastifyReply,
  ): Promise<Represented | undefined> {
    const gone = onDisconnect(reply);
    const { history } = this.parts;
    const attention = form === 'png' ? null : await readTellingAttention(history, tenant, opened, PICTURE_LIMITS[form]);
    return takePictureTurn(gone, async () => {
      const overlays =
        form === 'svg' ? [] : await readOverlays(history, tenant, opened, form === 'png' ? (query.target ?? 0) : query.target);
      return representExplanation(opened, form, query, { attention, overlays });
    });
  }

  private async readWords(caller: Principal, q: string): Promise<readonly bigint[]> {
    const words = await this.parts.history.wordTerms(caller.tenant, q);
    if (words.length > 0 && words.length <= MAX_QUERY_WORDS) return words;
    throw new ProblemError('FILTER_INVALID', {
      detail: words.length === 0 ? 'q holds no word' : `q holds ${words.length} words; at most ${MAX_QUERY_WORDS} are looked for`,
      remedy: 'Give words as they stand in the input; punctuation and operators mean nothing here.',
    });
  }
}

function refuseManyNumbers(tensor: TensorRow): void {
  const numbers = tensor.shape.reduce((product, size) => product * size, 1);
  if (numbers <= MAX_JSON_NUMBERS) return;
  throw new ProblemError('FILTER_INVALID', {
    detail: `the tensor has ${numbers} numbers; json holds at most ${MAX_JSON_NUMBERS}`,
    remedy: 'Ask for format=npy.',
  });
}
